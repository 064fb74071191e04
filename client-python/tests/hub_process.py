"""A real hub in a process of its own."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from telegram_side import TelegramSide

ROOT = Path(__file__).resolve().parents[2]
#: A machine that does ten other things is slow.
PATIENCE = 120.0
_SECRET = "a-made-up-webhook-secret"
_TOKEN = "a-made-up-administrator-token"


def free_port() -> int:
    """A port that nothing listens on. No system gives one of these to an outgoing connection or picks it by itself: a
    hub that is killed and started again on its port would else find it taken now and then."""
    while True:
        port = random.SystemRandom().randint(10_000, 32_767)
        with socket.socket() as found, contextlib.suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def until(condition: Callable[[], Any], what: str = "") -> Any:
    """Waits for the thing itself, and gives it back."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"it did not come: {what or condition}")


class Hub:
    """The hub as it ships, in a process of its own, with a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self.telegram = TelegramSide()
        self._updates = itertools.count(1)
        self._process: Optional[subprocess.Popen[bytes]] = None

    def start(self) -> None:
        """Does nothing where it runs."""
        if self._process is not None:
            return
        env = {
            "PATH": os.environ["PATH"],
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATABASE_URL": f"sqlite:{self._folder / 'hub.db'}",
            "TELEGRAM_BOT_TOKEN": "1:made-up",
            "TELEGRAM_API_ROOT": self.telegram.url,
            "TELEGRAM_WEBHOOK_AUTO": "false",
            "TELEGRAM_WEBHOOK_SECRET": _SECRET,
            "TPV_REGISTRATION": "open",
            "CALLBACK_ALLOW_PRIVATE": "true",
            "ADMIN_TOKEN": _TOKEN,
            "LOG_LEVEL": "warn",
            "NODE_COMPILE_CACHE": str(ROOT / "node_modules/.cache/compile"),
        }
        node = os.environ.get("NODE", "node")
        self._process = subprocess.Popen([node, "src/process/launch.cjs", "src/main.ts"], cwd=ROOT, env=env)
        until(lambda: self._get("readyz")[0] == 200, "the hub is ready")

    def end(self, number: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None

    def close(self) -> None:
        self.end()
        self.telegram.close()

    def message(self, text: str, person: int = 1001) -> int:
        """A person writes; returns once the hub has it."""
        number = next(self._updates)
        message = {"message_id": number, "text": text, "from": _user(person), **_in_chat(person)}
        self._update({"update_id": number, "message": message})
        return number

    def press(self, message_id: int, data: str, person: int) -> None:
        """A person presses a button."""
        number = next(self._updates)
        about = {"id": str(number), "from": _user(person), "chat_instance": "1", "data": data}
        message = {"message_id": message_id, "text": "?", **_in_chat(person)}
        self._update({"update_id": number, "callback_query": {**about, "message": message}})

    def _update(self, update: Dict[str, Any]) -> None:
        status, _ = self.call("POST", "webhook/telegram/", update, {"x-telegram-bot-api-secret-token": _SECRET})
        assert status == 200

    def instructions(self, key: str, status: str) -> List[Dict[str, Any]]:
        query = f"api/tpv/instructions/?status={status}&limit=50"
        _, body = self.call("GET", query, None, {"authorization": f"ApiKey {key}"})
        return list(body["instructions"])

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """What an administrator is answered."""
        status, body = self.call(method, path, body, {"authorization": f"Token {_TOKEN}"})
        assert 200 <= status < 300, body
        return body

    def call(self, method: str, path: str, body: Any, headers: Dict[str, str]) -> Tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/{path}", data, {"content-type": "application/json", **headers}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def _get(self, path: str) -> Tuple[int, Any]:
        try:
            return self.call("GET", path, None, {})
        except OSError:
            return 0, None


def _user(person: int) -> Dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": "Ana"}


def _in_chat(person: int) -> Dict[str, Any]:
    return {"date": 1_762_684_200, "chat": {"id": person, "type": "private"}}
