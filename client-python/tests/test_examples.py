"""The examples run: a TPV that polls, and one that notifies, moved over step by step."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest
from hub_process import ROOT, Hub, free_port, until
from restaurant import Restaurant

EXAMPLES = ROOT / "client-python/examples"


@contextmanager
def running(program: str, step: str, **env: str) -> Iterator["subprocess.Popen[bytes]"]:
    path = {"PYTHONPATH": str(ROOT / "client-python"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(EXAMPLES / program), step]
    process = subprocess.Popen(command, env={**os.environ, **path, **env}, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("step", ["1", "2", "3", "4"])
def test_a_tpv_that_polls_is_moved_over_in_steps(bar: Restaurant, tmp_path: Path, step: str) -> None:
    env = {"HUB_URL": bar.hub.url, "TPV_API_KEY": bar.key, "TPV_MEMORY": str(tmp_path / "memory")}
    bar.message("una caña")
    with running("from_polling.py", step, **env) as process:
        until(lambda: bar.instructions("completed"))
        assert [push["text"] for push in bar.pushes()] == ["Recibido: una caña"]
        process.terminate()
        assert process.wait(60) == 0


@pytest.mark.parametrize("step", ["1", "2"])
def test_it_registers_in_either_way(hub: Hub, step: str) -> None:
    with running("from_polling.py", step, HUB_URL=hub.url, TPV_API_KEY="") as process:
        assert process.stdout is not None
        key = process.stdout.readline().decode().strip()
        assert hub.instructions(key, "pending") == []


@pytest.mark.parametrize("step", ["1", "2", "3"])
def test_notifications_are_moved_over_in_steps(hub: Hub, step: str) -> None:
    port = free_port()
    bar = Restaurant(hub, f"http://127.0.0.1:{port}")
    person = bar.person(1)
    env = {"TPV_API_KEY": bar.key, "TPV_SIGNING_SECRET": bar.signing_secret, "TPV_PORT": str(port)}

    def said(method: str, **fields: Any) -> Any:
        """The newest call of Telegram with these fields."""
        found = [one for one in hub.telegram.said if one["method"] == method and one.get("chat_id", person) == person]
        return next((one for one in reversed(found) if fields.items() <= one.items()), None)

    with running("notifications.py", step, HUB_URL=hub.url, TPV_PERSON=str(person), **env) as process:
        question = until(lambda: said("sendMessage", text="🔌 ¿Encendemos el horno?"), "the question")
        assert said("sendMessage", text="El horno está apagado")["message_id"] == said("deleteMessage")["message_id"]
        (((button,),),) = (question["reply_markup"]["inline_keyboard"],)
        assert button["text"] == "✅ Activar"
        hub.press(question["message_id"], button["callback_data"], person)
        assert process.wait(60) == 0
        until(lambda: said("answerCallbackQuery", text="✅ Encendido"), "what the press is answered")
        assert until(lambda: said("editMessageText", text="🔌 Horno encendido"))["message_id"] == question["message_id"]
