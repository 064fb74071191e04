"""The README is true: its first program is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hub_process import ROOT, until
from restaurant import Restaurant


def program_of(page: str, with_: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    return next(block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if with_ in block)


@pytest.mark.parametrize("page", ["client-python/README.md", "README.md", "README.es.md"])
def test_the_ten_lines_answer_a_person(bar: Restaurant, tmp_path: Path, page: str) -> None:
    program = program_of(page, "HubClient(")
    assert len([line for line in program.splitlines() if line.strip()]) <= 10
    answers_a_person(program, bar, tmp_path)


def test_the_lines_for_asyncio_answer_a_person(bar: Restaurant, tmp_path: Path) -> None:
    answers_a_person(program_of("client-python/README.md", "AsyncHubClient("), bar, tmp_path)


def answers_a_person(program: str, bar: Restaurant, tmp_path: Path) -> None:
    path = tmp_path / "tpv.py"
    here = program.replace("http://127.0.0.1:8100", bar.hub.url)
    path.write_text(f"api_key = {bar.key!r}\n{here}", encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "client-python")}
    process = subprocess.Popen([sys.executable, str(path)], cwd=tmp_path, env=env)
    try:
        bar.message("una caña")
        until(lambda: bar.instructions("completed"))
        assert [push["text"] for push in bar.pushes()] == ["Recibido: una caña"]
    finally:
        process.terminate()
        assert process.wait(60) == 0
