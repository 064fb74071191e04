"""A real Django project: the example, with a database of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any, Dict, List
from urllib.parse import urlsplit

from hub_process import PATIENCE, ROOT, until
from restaurant import Restaurant

EXAMPLE = ROOT / "client-python/examples/restaurant"
#: A PostgreSQL where databases may be made; the run of all tests starts one.
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
_ENV = {
    **os.environ,
    "PYTHONPATH": f"{ROOT / 'client-python'}{os.pathsep}{EXAMPLE}",
    "PYTHONDONTWRITEBYTECODE": "1",
    "DJANGO_SETTINGS_MODULE": "restaurant.settings",
}


class Databases:
    """Databases of the example, migrated once and then copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: Dict[str, Dict[str, str]] = {}

    def copy(self, kind: str, folder: Path) -> Dict[str, str]:
        """The variables of a fresh one.

        :param kind: ``sqlite`` or ``postgres``
        """
        if kind not in self._made:
            made = _postgres() if kind == "postgres" else {"DATABASE_FILE": str(self._folder / "bar.sqlite3")}
            manage({**_ENV, **made}, "migrate", "-v", "0")
            self._made[kind] = made
        if kind == "postgres":
            return _postgres(self._made[kind]["DATABASE_NAME"])
        file = folder / "bar.sqlite3"
        shutil.copyfile(self._made[kind]["DATABASE_FILE"], file)
        return {"DATABASE_FILE": str(file)}


class Project:
    """The example's programs, and what is in its tables."""

    def __init__(self, bar: Restaurant, database: Dict[str, str]) -> None:
        """:param database: its variables"""
        self.processes: List["subprocess.Popen[bytes]"] = []
        self.env = {**_ENV, "HUB_URL": bar.hub.url, "TPV_API_KEY": bar.key, **database}

    def manage(self, *args: str) -> str:
        return manage(self.env, *args)

    def serve(self) -> "subprocess.Popen[bytes]":
        """``manage.py valletpv_hub``, until the test ends."""
        return self.spawn("manage.py", "valletpv_hub")

    def spawn(self, *args: str, **env: str) -> "subprocess.Popen[bytes]":
        one = subprocess.Popen([sys.executable, *args], cwd=EXAMPLE, env={**self.env, **env})
        self.processes.append(one)
        return one

    def orders(self) -> List[str]:
        """The texts of the orders that were taken, the oldest first."""
        return [text for (text,) in self.rows("select text from orders_order order by id")]

    def holder(self) -> int:
        """The process that holds the connection to the hub; 0: none."""
        rows = self.rows("select place from valletpv_hub_hubconnection where holder <> ''")
        return int(rows[0][0].rsplit(":", 1)[1]) if rows else 0

    def rows(self, query: str) -> List[Any]:
        if "DATABASE_HOST" in self.env:
            import psycopg

            with psycopg.connect(_dsn(self.env)) as connection:
                return connection.execute(query).fetchall()
        import sqlite3

        database = sqlite3.connect(self.env["DATABASE_FILE"], timeout=30)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def close(self) -> None:
        for one in self.processes:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
        for one in self.processes:
            one.wait(PATIENCE)


def manage(env: Dict[str, str], *args: str) -> str:
    """What ``manage.py`` prints."""
    program = [sys.executable, "manage.py", *args]
    done = subprocess.run(program, cwd=EXAMPLE, env=env, capture_output=True, text=True, timeout=4 * PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_online(project: Project, but: int = 0) -> int:
    """The process that holds the connection, once one does that is not ``but``."""
    return int(until(lambda: project.holder() not in (0, but) and project.holder(), "one holds the connection"))


def _postgres(template: str = "template1") -> Dict[str, str]:
    import psycopg

    url = urlsplit(POSTGRES)
    name = f"bar_{uuid.uuid4().hex}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"')
    return {
        "DATABASE_HOST": url.hostname or "",
        "DATABASE_PORT": str(url.port or 5432),
        "DATABASE_NAME": name,
        "DATABASE_USER": url.username or "",
        "DATABASE_PASSWORD": url.password or "",
    }


def _dsn(env: Dict[str, str]) -> str:
    parts = {"HOST": "host", "PORT": "port", "NAME": "dbname", "USER": "user"}
    words = [f"{word}={env[f'DATABASE_{name}']}" for name, word in parts.items()]
    password = env["DATABASE_PASSWORD"]
    return " ".join([*words, *([f"password={password}"] if password else [])])
