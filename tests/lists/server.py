"""A server on this machine that says what a test tells it to say, byte by byte."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self

Answer = Callable[[socket.socket, str, dict[str, str]], None]  # connection, path, headers of the request


def response(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An answer as bytes; the length is stated unless a header says otherwise."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Content-Length", str(len(body)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def says(*parts: bytes) -> Answer:
    """An answer that is the same each time."""
    return lambda connection, _path, _headers: connection.sendall(b"".join(parts))


class Server:
    """Answers each path in its own way, and remembers what it was asked; within `with`."""

    def __init__(self, **paths: Answer) -> None:
        self.paths = dict(paths)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()
        self.wrapped_by: ssl.SSLContext | None = None  # for an answer by HTTPS
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads: list[threading.Thread] = []

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def __enter__(self) -> Self:
        self._begin(self._serve)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._begin(self._answer, connection)

    def _answer(self, accepted: socket.socket) -> None:
        try:
            connection = (
                accepted if self.wrapped_by is None else self.wrapped_by.wrap_socket(accepted, server_side=True)
            )
        except OSError:
            accepted.close()
            return
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65536)
                if not part:
                    return
                head += part
            first, *rest = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
            path = first.split()[1].lstrip("/")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
            self.asked.append((path, headers))
            answer = self.paths.get(path.partition("?")[0]) or says(response(status="404 Not Found"))
            try:
                answer(connection, path, headers)
            except OSError:
                return
