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

from valletpv_hub.testing import FakeHub


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
    env = {**os.environ, "PYTHONPATH": str(ROOT / "client-python"), "TPV_API_KEY": bar.key}
    process = subprocess.Popen([sys.executable, str(path)], cwd=tmp_path, env=env)
    try:
        bar.message("una caña")
        until(lambda: bar.instructions("completed"))
        assert [push["text"] for push in bar.pushes()] == ["Recibido: una caña"]
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_the_example_of_a_tpvs_own_test_passes(tmp_path: Path) -> None:
    run(program_of("client-python/README.md", "FakeHub"), tmp_path)


def test_the_calls_of_the_api_work(tmp_path: Path) -> None:
    with FakeHub() as hub:
        hub.add_user(1001, first_name="Ana")
        program = program_of("client-python/README.md", "api.all_users")
        said = run(
            f"api_key = {hub.access['api_key']!r}\n{program.replace('http://127.0.0.1:8100', hub.url)}", tmp_path
        )
        assert said == "Ana\n"
        assert [push.fields.get("text") for push in hub.pushes] == ["Pedido entregado", "Hoy", None]


def run(program: str, folder: Path) -> str:
    path = folder / "program.py"
    path.write_text(program, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "client-python")}
    done = subprocess.run([sys.executable, str(path)], cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
