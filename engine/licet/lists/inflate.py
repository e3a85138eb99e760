"""The body of an answer, unpacked as it comes, and never larger than it may be."""

from __future__ import annotations

import zlib
from typing import Final

_GZIP: Final = 31  # zlib's word for: gzip, with its header and its checksum


class BodyError(Exception):
    """The body is not what it says it is; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Inflater:
    """Takes a body piece by piece. Raises `BodyError` for an encoding it does not know, and what it finds wrong."""

    def __init__(self, encoding: str, most: int) -> None:
        named = encoding.strip().lower() or "identity"
        if named not in {"identity", "gzip", "x-gzip"}:
            raise BodyError("bad-encoding", "the body is packed in a way that was not asked for")
        self._packed = named != "identity"
        self._most = most
        self._size = 0
        self._came = 0
        self._parts: list[bytes] = []
        self._member = zlib.decompressobj(_GZIP)

    def add(self, chunk: bytes) -> None:
        """Take the next piece."""
        self._came += len(chunk)
        if not self._packed:
            self._take(chunk)
        elif self._came > self._most:  # empty members, one after the other, unpack to nothing
            raise self._too_large()
        else:
            self._inflate(chunk)

    def whole(self) -> bytes:
        """All of it, once nothing more comes."""
        if self._packed and not (self._member.eof or (self._came == 0)):
            raise BodyError("truncated", "the packed body breaks off")
        return b"".join(self._parts)

    def _inflate(self, chunk: bytes) -> None:
        rest = chunk
        try:
            while rest:
                if self._member.eof:
                    self._member = zlib.decompressobj(_GZIP)
                self._take(self._member.decompress(rest, self._most - self._size + 1))
                rest = self._member.unconsumed_tail or self._member.unused_data
        except zlib.error as error:
            raise BodyError("bad-encoding", "the body is not the gzip that it says it is") from error

    def _take(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._most:
            raise self._too_large()
        self._parts.append(part)

    def _too_large(self) -> BodyError:
        return BodyError("too-large", f"the body has more than {self._most} bytes")
