"""A memory in a file, for TPVs without a database."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from typing import IO, Any, Dict, Iterator, Optional, Set

from ..errors import error
from ..outcome import Outcome, read_outcome
from .entries import Entries
from .file_lock import FileLock
from .memory import INTERRUPTED, NEW, RUNNING, Begun, Memory

#: What an interrupted instruction is failed with; the restaurant's people may read it, hence in Spanish.
_STOPPED = "El TPV se detuvo mientras atendía esta orden, y no se sabe si la terminó"
#: The file is written anew when so many lines of it are of no use any more.
_COMPACT_AT = 20_000


class FileMemory(Memory):
    """Survives ``kill -9`` at any byte, and the machine's crash: an outcome is on the disk before its report leaves.
    One process at a time uses a file; within the process, clients may share the memory.

    ``b``: begun, ``e``: ended (with its outcome ``o``), ``f``: forgotten; a line each.
    """

    def __init__(
        self,
        path: "str | os.PathLike[str]",
        max_entries: int = 10_000,
        max_bytes: int = 16 * 1024 * 1024,
        on_interrupted: str = "run-again",
    ) -> None:
        """
        :param on_interrupted: what becomes of an instruction whose handler had begun when the process was killed. No
        file can know whether its effect is there. ``run-again``: it runs once more, with ``context.interrupted``
        true. ``fail``: it is reported failed, and never begun a second time; that costs one more sync of the disk
        before each handler."""
        if on_interrupted not in ("run-again", "fail"):
            raise error("invalid_options", 'on_interrupted is "run-again" or "fail"')
        self._path = os.fspath(path)
        self._fails = on_interrupted == "fail"
        self._entries = Entries(max_entries, max_bytes)
        #: Begun by a process that is gone.
        self._interrupted: Set[str] = set()
        self._lock = threading.RLock()
        self._held = FileLock(self._path)
        self._file: Optional[IO[bytes]] = None
        self._lines = 0
        self._users = 0
        # Syncs are shared: who comes while one is under way waits for the next.
        self._written = 0
        self._synced = 0
        self._sync_lock = threading.Lock()

    def open(self) -> None:
        """:raises ConfigurationError: ``memory_locked``; OSError: the file can't be read or written"""
        with self._lock:
            if self._file is None:
                self._held.take()
                try:
                    self._load()
                    self._rewrite()
                except BaseException:
                    self._held.release()
                    raise
            self._users += 1

    def begin(self, id_: str) -> Begun:
        with self._lock:
            known = self._entries.outcome_of(id_)
            if known is not None:
                return known
            if id_ in self._entries.running:
                return RUNNING
            interrupted = id_ in self._interrupted
            if not (interrupted and self._fails):
                written = self._append({"b": id_})
                self._interrupted.discard(id_)
                self._entries.running.add(id_)
        if interrupted and self._fails:
            outcome = Outcome(status="failed", error_message=_STOPPED)
            self.finish(id_, outcome)
            return outcome
        if self._fails:
            self._sync(written)
        return INTERRUPTED if interrupted else NEW

    def finish(self, id_: str, outcome: Outcome) -> None:
        with self._lock:
            is_first = self._entries.outcome_of(id_) is None
            written = self._append({"e": id_, "o": outcome}) if is_first else self._written
            self._entries.finish(id_, outcome)
            self._interrupted.discard(id_)
        self._sync(written)

    def forget(self, id_: str) -> None:
        with self._lock:
            self._append({"f": id_})
            self._entries.running.discard(id_)

    def close(self) -> None:
        with self._lock:
            if self._file is None:
                return
            self._users -= 1
            if self._users == 0:
                self._file.close()
                self._file = None
                self._held.release()

    def _append(self, line: Dict[str, Any]) -> int:
        if self._file is None:
            raise error("closed", "the memory is not open")
        if self._lines > _COMPACT_AT:
            self._rewrite()
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
        start = self._file.tell()
        try:
            self._file.write(data)
            self._file.flush()
        except OSError:
            # Half a line would swallow the next one.
            with contextlib.suppress(OSError):
                self._file.truncate(start)
                self._file.seek(start)
            raise
        self._lines += 1
        self._written += 1
        return self._written

    def _sync(self, written: int) -> None:
        """Returns once everything up to that line is on the disk."""
        with self._sync_lock:
            if self._synced >= written:
                return
            with self._lock:
                file, upto = self._file, self._written
                if file is None:
                    raise error("closed", "the memory is not open")
                # The file may be closed, or written anew, while it is synced: this number stays good.
                descriptor = os.dup(file.fileno())
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            self._synced = upto

    def _load(self) -> None:
        for line in self._read_lines():
            begun, ended, forgotten = line.get("b"), line.get("e"), line.get("f")
            if isinstance(begun, str):
                self._interrupted.add(begun)
            if isinstance(forgotten, str):
                self._interrupted.discard(forgotten)
            outcome = read_outcome(line.get("o"))
            if isinstance(ended, str) and outcome is not None:
                self._interrupted.discard(ended)
                self._entries.finish(ended, outcome)

    def _read_lines(self) -> Iterator[Dict[str, Any]]:
        try:
            with open(self._path, "rb") as file:
                for raw in file:
                    # The last line may have been cut by a kill; a block that a crash left empty is no line either.
                    with contextlib.suppress(ValueError):
                        line = json.loads(raw)
                        if isinstance(line, dict):
                            yield line
        except FileNotFoundError:
            return

    def _rewrite(self) -> None:
        """Writes what is known to a new file, which takes the old one's place once it is on the disk."""
        partial = f"{self._path}.new"
        file = open(partial, "w+b", opener=_private)  # noqa: SIM115 - it stays open
        try:
            for id_, outcome in self._entries.ended():
                file.write(f'{{"e":{json.dumps(id_)},"o":{outcome}}}\n'.encode())
            for id_ in [*self._interrupted, *self._entries.running]:
                file.write(json.dumps({"b": id_}).encode("utf-8") + b"\n")
            file.flush()
            os.fsync(file.fileno())
            if os.name == "nt":
                # Windows renames no open file, and replaces none.
                file.close()
                if self._file is not None:
                    self._file.close()
                os.replace(partial, self._path)
                file = open(self._path, "r+b")  # noqa: SIM115
                file.seek(0, os.SEEK_END)
            else:
                os.replace(partial, self._path)
                _sync_folder(self._path)
        except BaseException:
            file.close()
            raise
        if self._file is not None and not self._file.closed:
            self._file.close()
        self._file = file
        self._lines = 0
        self._synced = self._written


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(path: str) -> None:
    descriptor = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
