"""An official list from its address: whole, or not at all.

This is the standard library's client: one request a day is no reason for another dependency, and what has to be right
here (no half file, no endless one, no way around TLS) has to be said with any client. It knows proxies, as the
environment names them.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from licet._version import __version__
from licet.lists.inflate import BodyError, Inflater
from licet.text import clean, quoted

_CHUNK: Final = 65_536
_LONGEST_ADDRESS: Final = 2_000
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_OK, _NOT_MODIFIED = 200, 304
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_AFTERWARDS: Final = 0.5  # seconds to see whether a server goes on after the length it stated


class FetchError(Exception):
    """Nothing usable came; `code` is stable, the words are not. `refused` where the address itself may not be asked."""

    def __init__(self, code: str, message: str, *, refused: bool = False) -> None:
        self.code = code
        self.refused = refused
        super().__init__(message)


class Limits(Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds, and how much to take, in bytes."""

    connect: float = 15.0
    read: float = 30.0  # for the next bytes
    whole: float = 600.0  # from the first look-up of the name to the last byte
    size: int = 200_000_000  # as it comes, and unpacked
    redirects: int = 5


class Fetched(Struct, frozen=True, kw_only=True):
    """What came. `raw` is None where the server says that nothing changed since the last time."""

    raw: bytes | None
    address: str  # after redirects
    etag: str | None
    last_modified: str | None


DEFAULT: Final = Limits()
Progress = Callable[[int, int | None], None]  # bytes so far, and of how many where that is known


def fetch(
    address: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
) -> Fetched:
    """What the address gives, unpacked; with what an earlier answer was marked by, only if it has changed.

    Raises `FetchError`. The whole of it ends in time, whatever the server does: it runs in a thread of its own, which
    is left behind when its time is over.
    """
    check_address(address)
    headers = {"User-Agent": f"licet/{__version__}", "Accept-Encoding": "gzip, identity"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    asked = _Asked(address, headers, limits, progress)
    thread = threading.Thread(target=asked.run, daemon=True, name="licet-fetch")
    thread.start()
    thread.join(limits.whole)
    if asked.fetched is not None:
        return asked.fetched
    if asked.error is not None:
        raise asked.error
    asked.give_up()
    raise FetchError("timeout", f"{quoted(address, 200)} took more than {limits.whole:g} seconds")


def check_address(address: str, *, after: str | None = None) -> None:
    """Nothing where the address may be asked: by HTTPS, or by HTTP on this machine; `after` is what redirected to it.

    Raises `FetchError`.
    """
    shown = quoted(address, 200)
    if len(address) > _LONGEST_ADDRESS or _UNSAFE.search(address) or not address.isascii():
        raise FetchError("bad-address", f"expected an address, got {shown}", refused=True)
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise FetchError("bad-address", f"expected an address, got {shown}", refused=True) from None
    if not host or parts.scheme not in {"http", "https"}:
        raise FetchError("bad-address", f"expected an address that begins with `https://`, got {shown}", refused=True)
    if parts.username is not None or parts.password is not None:
        raise FetchError("bad-address", f"an address with a user's name is refused: {shown}", refused=True)
    local_before = after is None or _is_local(urlsplit(after).hostname)
    if parts.scheme == "http" and not (_is_local(host) and local_before):
        raise FetchError("not-https", f"expected `https`, got {shown}", refused=True)


def _is_local(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


class _Asked:
    """One request, from a thread of its own."""

    def __init__(self, address: str, headers: dict[str, str], limits: Limits, progress: Progress | None) -> None:
        self.fetched: Fetched | None = None
        self.error: FetchError | None = None
        self._request = urllib.request.Request(address, headers=headers)  # noqa: S310  # the scheme was checked
        self._limits = limits
        self._progress = progress
        self._over = threading.Event()
        self._socket: socket.socket | None = None

    def run(self) -> None:
        """Ask, and keep what came of it."""
        try:
            self.fetched = self._ask()
        except FetchError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001  # whatever a server can make a client raise
            self.error = _explained(error, self._request.full_url, self._limits)

    def give_up(self) -> None:
        """Let nothing more come; the thread ends by itself."""
        self._over.set()
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def _ask(self) -> Fetched:
        try:
            response = self._opener().open(self._request, timeout=self._limits.connect)
        except urllib.error.HTTPError as error:
            with error:
                return self._other(error)
        with response:
            if response.status != _OK:
                raise FetchError("bad-status", f"the server answered {response.status}, expected {_OK}")
            raw = self._body(response)
            marks = response.headers
            return Fetched(
                raw=raw, address=response.url, etag=_mark(marks, "ETag"), last_modified=_mark(marks, "Last-Modified")
            )

    def _other(self, error: urllib.error.HTTPError) -> Fetched:
        """What an answer other than the list itself means."""
        conditional = self._request.has_header("If-none-match") or self._request.has_header("If-modified-since")
        if error.code == _NOT_MODIFIED and conditional:
            marks = error.headers
            return Fetched(
                raw=None, address=error.url, etag=_mark(marks, "ETag"), last_modified=_mark(marks, "Last-Modified")
            )
        if error.code in _REDIRECTS:
            raise FetchError("redirects", f"more than {self._limits.redirects} redirects, or one to nowhere")
        raise FetchError("bad-status", f"the server answered {error.code} {clean(str(error.reason), 80)}".rstrip())

    def _opener(self) -> urllib.request.OpenerDirector:
        """What can ask: by HTTP and HTTPS alone, within the limits."""
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            _Http(self._connected, self._limits.read),
            _Https(self._connected, self._limits.read),
            _Redirects(self._limits.redirects),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
        ):
            opener.add_handler(handler)
        return opener

    def _connected(self, connection: socket.socket) -> None:
        self._socket = connection

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """All that comes, unpacked. The length that was stated is neither cut short nor gone beyond."""
        declared, response.length = response.length, None  # or the client would stop there without looking
        inflater = Inflater(response.headers.get("Content-Encoding", "identity"), self._limits.size)
        if declared is not None and declared > self._limits.size:
            raise FetchError("too-large", f"the file has {declared} bytes, expected at most {self._limits.size}")
        got = 0
        while chunk := self._chunk(response, ended=declared is not None and got >= declared):
            if self._over.is_set():
                raise FetchError("timeout", "given up")
            got += len(chunk)
            if declared is not None and got > declared:
                raise FetchError("wrong-length", f"more came than the {declared} bytes that the server announced")
            inflater.add(chunk)
            if self._progress is not None:
                self._progress(got, declared)
        if declared is not None and got < declared:
            raise FetchError("truncated", f"only {got} of {declared} bytes came")
        return inflater.whole()

    def _chunk(self, response: http.client.HTTPResponse, *, ended: bool) -> bytes:
        """The next bytes; when all has come that was announced, those that come at once, if any."""
        if not ended:
            return response.read1(_CHUNK)
        if self._socket is not None:
            self._socket.settimeout(_AFTERWARDS)
        try:
            return response.read1(_CHUNK)
        except OSError:
            return b""


def _mark(headers: Any, name: str) -> str | None:
    """A header to send back next time, unless it is none that one would send."""
    value = headers.get(name)
    return value if isinstance(value, str) and len(value) <= _CHUNK // 256 and value.isprintable() else None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few redirects, and only to where one may ask."""

    def __init__(self, most: int) -> None:
        vars(self).update(max_redirections=most, max_repeats=most)

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        check_address(newurl, after=req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _patient(kind: Any, connected: Callable[[socket.socket], None], read: float, host: str, **options: Any) -> Any:
    """A connection that waits for the next bytes as long as it should, however long it waited to be connected."""

    class Patient(kind):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            self.sock.settimeout(read)
            connected(self.sock)

    return Patient(host, **options)


class _Http(urllib.request.HTTPHandler):
    def __init__(self, connected: Callable[[socket.socket], None], read: float) -> None:
        super().__init__()
        self._made = partial(_patient, http.client.HTTPConnection, connected, read)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._made, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, connected: Callable[[socket.socket], None], read: float) -> None:
        super().__init__()
        self._made = partial(_patient, http.client.HTTPSConnection, connected, read)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._made, req)


def _explained(error: Exception, address: str, limits: Limits) -> FetchError:
    """What went wrong, in one line."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    shown, why = quoted(address, 200), clean(str(reason), 200)
    if isinstance(reason, BodyError):
        return FetchError(reason.code, str(reason))
    if isinstance(reason, TimeoutError):
        return FetchError("timeout", f"{shown} did not answer for {limits.connect:g} or {limits.read:g} seconds")
    if isinstance(reason, http.client.IncompleteRead):
        return FetchError("truncated", f"{shown} broke off")
    if isinstance(reason, http.client.HTTPException):
        return FetchError("bad-response", f"{shown} answered what is not HTTP: {why}")
    if type(reason).__name__.startswith("SSL"):
        return FetchError("tls", f"{shown} cannot be trusted: {why}")
    if isinstance(reason, ConnectionResetError | BrokenPipeError):
        return FetchError("truncated", f"{shown} broke off: {why}")
    return FetchError("unreachable", f"{shown} cannot be reached: {why}")
