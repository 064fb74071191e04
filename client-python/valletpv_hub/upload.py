"""A push's file, as a form that is read while it is sent."""

from __future__ import annotations

import json
import mimetypes
import os
import uuid
from typing import IO, Any, Iterable, Iterator, Mapping, Optional, Tuple, Union

from .errors import HubClientError, error

#: The most that the hub takes, in bytes.
MAX_BYTES = {"photo": 10 * 1024 * 1024, "document": 50 * 1024 * 1024}
_CHUNK = 64 * 1024

#: Bytes: all at once, or as they come (a file that was opened with "rb", a generator).
Content = Union[bytes, bytearray, memoryview, IO[bytes], Iterable[bytes]]
#: A path, or a name with its content, and its type where the name does not tell it.
FileOf = Union[str, "os.PathLike[str]", Tuple[str, Content], Tuple[str, Content, str]]


class Upload:
    """A multipart/form-data body (RFC 7578): the fields, text as it is and everything else as JSON, then the file,
    which is never held whole."""

    def __init__(self, fields: Mapping[str, Any], kind: str, file: FileOf) -> None:
        """
        :param kind: ``photo`` or ``document``, the file's field
        """
        self._fields = fields
        self._kind = kind
        self._path: Optional[str] = None
        self._content: Any = None
        if isinstance(file, tuple):
            name, self._content = file[0], file[1]
            type_ = file[2] if len(file) > 2 else None
        else:
            self._path = os.fspath(file)
            name, type_ = os.path.basename(self._path), None
        self._name = name
        self._type = type_ or mimetypes.guess_type(name)[0] or "application/octet-stream"
        # Random, so that no file's bytes can be made to look like the next part.
        self._boundary = f"valletpv-{uuid.uuid4()}"
        self.content_type = f"multipart/form-data; boundary={self._boundary}"

    @property
    def is_repeatable(self) -> bool:
        """Whether it can be sent again: a stream is read once."""
        return self._path is not None or isinstance(self._content, (bytes, bytearray, memoryview))

    def chunks(self) -> Iterator[bytes]:
        """The body, from its beginning.

        :raises ConfigurationError: ``invalid_options``: the file can't be read, or is too large
        """
        yield self._head().encode("utf-8")
        size, most = 0, MAX_BYTES[self._kind]
        try:
            for chunk in self._file():
                size += len(chunk)
                if size > most:
                    raise self._unusable(f"it may have {most} bytes at most")
                yield chunk
        except (HubClientError, GeneratorExit):
            raise
        except Exception as cause:
            raise self._unusable(f"it can't be read: {cause}") from cause
        yield f"\r\n--{self._boundary}--\r\n".encode("ascii")

    def _head(self) -> str:
        parts = [
            f'--{self._boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
            f"{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}\r\n"
            for name, value in self._fields.items()
        ]
        file = f'name="{self._kind}"; filename="{_quoted(self._name)}"\r\nContent-Type: {_quoted(self._type)}'
        return f"{''.join(parts)}--{self._boundary}\r\nContent-Disposition: form-data; {file}\r\n\r\n"

    def _file(self) -> Iterator[bytes]:
        if self._path is not None:
            with open(self._path, "rb") as opened:
                yield from iter(lambda: opened.read(_CHUNK), b"")
        elif isinstance(self._content, (bytes, bytearray, memoryview)):
            yield bytes(self._content)
        elif hasattr(self._content, "read"):
            yield from map(self._bytes, iter(lambda: self._content.read(_CHUNK), b""))
        else:
            yield from map(self._bytes, self._content)

    def _bytes(self, chunk: Any) -> bytes:
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise self._unusable("its stream must give bytes")
        return bytes(chunk)

    def _unusable(self, why: str) -> HubClientError:
        return error("invalid_options", f"{self._kind}: {why}")


def _quoted(text: str) -> str:
    """As browsers write it: what would end the name or the line is percent-encoded."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
