"""One process at a time for one file: a lock of the system's, which ends with its process, however that ends."""

from __future__ import annotations

import os
import sys
from typing import IO, Optional

from ..errors import error


class FileLock:
    """Locks ``<path>.lock``. The file itself stays: removing it would let two processes lock two files of one name."""

    def __init__(self, path: str) -> None:
        self._path = f"{path}.lock"
        self._file: Optional[IO[bytes]] = None

    def take(self) -> None:
        """:raises ConfigurationError: ``memory_locked``, with the number of the process that has it"""
        file = open(self._path, "a+b")  # noqa: SIM115 - it is open as long as the lock is held
        try:
            _lock(file)
        except OSError as cause:
            file.seek(1)
            holder = file.read(20).decode("ascii", "replace").strip() or "another one"
            file.close()
            raise error("memory_locked", f"{self._path[:-5]}, by process {holder}") from cause
        # The first byte is what is locked (on Windows it can't be read meanwhile), the rest says by whom.
        file.truncate(0)
        file.write(f"L{os.getpid()}".encode("ascii"))
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
