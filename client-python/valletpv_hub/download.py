"""A file that a person sent."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Optional, Tuple
from urllib.parse import unquote

import urllib3

from .errors import error

_CHUNK = 64 * 1024


class HubFile:
    """Iterate over it, or ``read()`` it; one of them, once. ``close()`` it where it is not read to its end."""

    def __init__(self, response: urllib3.BaseHTTPResponse, skip: int, most: Optional[int]) -> None:
        """
        :param skip: bytes at the beginning that were not asked for
        :param most: bytes after that; ``None``: all
        """
        headers = response.headers
        self._response = response
        self._skip = skip
        self._most = most
        #: As the sender's device called it, without any folder; ``None`` where the hub does not say.
        self.name = file_name(headers.get("content-disposition"))
        self.type: str = headers.get("content-type") or "application/octet-stream"
        #: Bytes that it has, where the hub says.
        self.size = _size(headers.get("content-length"), skip, most)

    def __iter__(self) -> Iterator[bytes]:
        """:raises HubUnavailableError: ``unreachable``: it broke off"""
        skip, most = self._skip, self._most
        try:
            for chunk in self._response.stream(_CHUNK, decode_content=True):
                wanted = chunk[skip:][:most]
                skip = max(0, skip - len(chunk))
                if most is not None:
                    most -= len(wanted)
                if wanted:
                    yield wanted
                if most == 0:
                    break
        except (urllib3.exceptions.HTTPError, OSError) as cause:
            raise error("unreachable", f"{type(cause).__name__}: {cause}"[:300]) from cause
        finally:
            self.close()

    def read(self) -> bytes:
        """Everything at once; 20 MB at most."""
        return b"".join(self)

    def close(self) -> None:
        self._response.close()


def range_headers(range_: Optional[Tuple[int, Optional[int]]]) -> Dict[str, str]:
    """:raises ConfigurationError: ``invalid_options``"""
    if range_ is None:
        return {}
    start, end = range_
    if start < 0 or (end is not None and end < start):
        raise error("invalid_options", "range is from 0 on, and its end is not before its start")
    return {"range": f"bytes={start}-{'' if end is None else end}"}


def file_of(response: Any, range_: Optional[Tuple[int, Optional[int]]]) -> HubFile:
    """The file of a good answer. A hub that knows no ranges answers with everything."""
    if range_ is None or response.status == 206:
        return HubFile(response, 0, None)
    start, end = range_
    return HubFile(response, start, None if end is None else end + 1 - start)


def file_name(disposition: Optional[str]) -> Optional[str]:
    """RFC 6266: ``filename*`` before ``filename``. Folders in it are left out: it came from a stranger's device."""
    encoded = re.search(r"filename\*=utf-8''([^;\s]+)", disposition or "", re.IGNORECASE)
    plain = re.search(r'filename=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))', disposition or "", re.IGNORECASE)
    if encoded is not None:
        name = unquote(encoded[1])
    elif plain is not None:
        name = re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else plain[2]
    else:
        return None
    last = re.split(r"[\\/]", name)[-1]
    return None if last in ("", ".", "..") else last


def _size(length: Optional[str], skip: int, most: Optional[int]) -> Optional[int]:
    if length is None or not (length.isascii() and length.isdigit()):
        return None
    left = max(0, int(length) - skip)
    return left if most is None else min(left, most)
