"""Fetching from a server that serves, truncates, stalls, redirects, lies about length, and sends bombs."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from licet.lists.fetch import FetchError, Limits, check_address, fetch
from licet.lists.inflate import BodyError, Inflater
from tests.lists.server import Answer, Server, response, says

QUICK = Limits(connect=2, read=1, whole=20, size=1_000_000)
BODY = b"name\n" + b"Acme\n" * 20_000


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def refused(server: Server, answer: Answer, limits: Limits = QUICK, said: str = "^.") -> str:
    server.paths["list"] = answer
    with pytest.raises(FetchError, match=said) as caught:
        fetch(server.at("list"), limits=limits)
    assert "\n" not in str(caught.value)
    return caught.value.code


def test_what_is_served_comes_whole(server: Server) -> None:
    server.paths["list"] = says(response(BODY, ETag='"v1"', Last_Modified="Fri, 31 Jul 2026 10:00:00 GMT"))
    fetched = fetch(server.at("list"), limits=QUICK)
    assert fetched.raw == BODY
    assert (fetched.etag, fetched.last_modified) == ('"v1"', "Fri, 31 Jul 2026 10:00:00 GMT")
    ((_, headers),) = server.asked
    assert headers["user-agent"].startswith("licet/")
    assert "if-none-match" not in headers


def test_what_is_packed_is_unpacked(server: Server) -> None:
    server.paths["list"] = says(response(gzip.compress(BODY), Content_Encoding="gzip"))
    assert fetch(server.at("list"), limits=QUICK).raw == BODY


def test_what_comes_in_chunks_comes_whole(server: Server) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:70_000], BODY[70_000:]))
    server.paths["list"] = says(response(Transfer_Encoding="chunked", Content_Length=""), chunks, b"0\r\n\r\n")
    assert fetch(server.at("list"), limits=QUICK).raw == BODY


def test_progress_is_told(server: Server) -> None:
    server.paths["list"] = says(response(BODY))
    told: list[tuple[int, int | None]] = []
    fetch(server.at("list"), limits=QUICK, progress=lambda got, of: told.append((got, of)))
    assert told[-1] == (len(BODY), len(BODY))
    assert told == sorted(told)


def test_what_has_not_changed_does_not_come(server: Server) -> None:
    server.paths["list"] = says(response(status="304 Not Modified", ETag='"v1"'))
    fetched = fetch(server.at("list"), etag='"v1"', last_modified="Fri, 31 Jul 2026 10:00:00 GMT", limits=QUICK)
    assert fetched.raw is None
    ((_, headers),) = server.asked
    assert headers["if-none-match"] == '"v1"'
    assert headers["if-modified-since"] == "Fri, 31 Jul 2026 10:00:00 GMT"


def test_not_changed_is_no_answer_to_who_did_not_ask(server: Server) -> None:
    assert refused(server, says(response(status="304 Not Modified"))) == "bad-status"


# --- half, endless, too large ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [0, 1, 50_000, len(BODY) - 1])
def test_a_file_that_breaks_off_is_refused(server: Server, cut: int) -> None:
    assert refused(server, says(response(BODY[:cut], Content_Length=str(len(BODY))))) == "truncated"


def test_a_file_that_breaks_off_in_a_chunk_is_refused(server: Server) -> None:
    head = response(Transfer_Encoding="chunked", Content_Length="")
    assert refused(server, says(head, b"ffff\r\nAcme")) == "truncated"
    assert refused(server, says(head, b"4\r\nAcme\r\n")) == "truncated"


def test_a_connection_that_is_torn_down_is_refused(server: Server) -> None:
    def torn(connection: socket.socket, *_: object) -> None:
        connection.sendall(response(BODY[:100], Content_Length=str(len(BODY))))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    assert refused(server, torn) == "truncated"


@pytest.mark.parametrize("announced", [1, len(BODY) - 1])
def test_more_than_was_announced_is_refused(server: Server, announced: int) -> None:
    assert refused(server, says(response(BODY, Content_Length=str(announced)))) == "wrong-length"


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_packed_and_cut_is_refused(server: Server, cut: int) -> None:
    packed = gzip.compress(BODY)[:-cut]
    assert refused(server, says(response(packed, Content_Encoding="gzip"))) == "truncated"


def test_packed_and_damaged_is_refused(server: Server) -> None:
    packed = bytearray(gzip.compress(BODY))
    packed[-6] ^= 1  # the checksum
    assert refused(server, says(response(bytes(packed), Content_Encoding="gzip"))) == "bad-encoding"
    assert refused(server, says(response(BODY, Content_Encoding="gzip"))) == "bad-encoding"
    assert refused(server, says(response(BODY, Content_Encoding="br"))) == "bad-encoding"


def test_a_bomb_is_refused_before_it_goes_off(server: Server) -> None:
    bomb = gzip.compress(b"\0" * 300_000_000, compresslevel=9)
    assert len(bomb) < QUICK.size
    assert refused(server, says(response(bomb, Content_Encoding="gzip"))) == "too-large"


def test_a_file_that_is_too_large_is_refused(server: Server) -> None:
    assert refused(server, says(response(b"", Content_Length="1000001"))) == "too-large"
    endless = response(Content_Length="") + b"x" * 1_000_001
    assert refused(server, says(endless)) == "too-large"


def stalls(server: Server, *parts: bytes, every: float = 60.0) -> Answer:
    def answer(connection: socket.socket, *_: object) -> None:
        for part in parts:
            connection.sendall(part)
            if server.over.wait(every):
                return
        server.over.wait(60)

    return answer


def test_a_server_that_stalls_is_given_up(server: Server) -> None:
    limits = Limits(connect=0.5, read=0.5, whole=20)
    assert refused(server, stalls(server), limits, "did not answer") == "timeout"
    assert refused(server, stalls(server, response(BODY)[:-10]), limits, "did not answer") == "timeout"


@pytest.mark.parametrize(
    "head", [[b"HTTP/1.1 200 ", *[b"O"] * 50], [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 50]], ids=["line", "headers"]
)
def test_a_server_that_drips_is_given_up(server: Server, head: list[bytes]) -> None:
    limits = Limits(connect=2, read=1, whole=1)
    said = "took more than 1 seconds"
    assert refused(server, stalls(server, *head, every=0.2), limits, said) == "timeout"
    body = [response(b"", Content_Length="1000"), *[b"x"] * 50]
    assert refused(server, stalls(server, *body, every=0.2), limits, said) == "timeout"


def test_a_fetch_that_is_given_up_ends(server: Server) -> None:
    body = [response(b"", Content_Length="1000"), *(b"x" for _ in range(500))]
    assert refused(server, stalls(server, *body, every=0.1), Limits(connect=2, read=1, whole=0.5)) == "timeout"
    deadline = time.monotonic() + 10
    while any(thread.name == "licet-fetch" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_server_that_keeps_the_line_open_is_not_waited_for(server: Server) -> None:
    server.paths["list"] = stalls(server, response(BODY))
    assert fetch(server.at("list"), limits=Limits(connect=2, read=60, whole=20)).raw == BODY


# --- redirects -------------------------------------------------------------------------------------------------------


def moved(where: str, status: str = "302 Found") -> Answer:
    return says(response(status=status, Location=where))


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
def test_a_redirect_is_followed(server: Server, status: str) -> None:
    server.paths |= {"old": moved("/list", status), "list": says(response(BODY))}
    fetched = fetch(server.at("old"), limits=QUICK)
    assert fetched.raw == BODY
    assert fetched.address == server.at("list")


def test_redirects_end(server: Server) -> None:
    assert refused(server, moved("/list")) == "redirects"
    for n in range(9):
        server.paths[f"r{n}"] = moved(f"/r{n + 1}")
    server.asked.clear()
    assert refused(server, moved("/r0")) == "redirects"
    assert len(server.asked) == QUICK.redirects + 1
    assert refused(server, says(response(status="302 Found"))) == "redirects"


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("http://example.invalid/list", "not-https"),
        ("file:///etc/passwd", "redirects"),
        ("ftp://example.invalid/list", "bad-address"),
        ("https://user:secret@example.invalid/", "bad-address"),
        ("//example.invalid/list", "not-https"),
    ],
)
def test_a_redirect_elsewhere_is_refused(server: Server, where: str, code: str) -> None:
    assert refused(server, moved(where)) == code


def test_a_redirect_from_https_to_this_machine_is_a_downgrade() -> None:
    with pytest.raises(FetchError, match="expected `https`"):
        check_address("http://127.0.0.1/list", after="https://example.com/list")
    check_address("http://127.0.0.1/list", after="http://localhost/list")
    check_address("https://example.com/list", after="http://localhost/list")


# --- addresses and answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "",
        "list.csv",
        "http://example.com/list",
        "HTTP://EXAMPLE.COM/list",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "javascript:x",
        "https://",
        "https://user@example.com/",
        "https://example.com/\r\nX-Header: x",
        "https://example.com/ x",
        "https://example.com\\@127.0.0.1/",
        "https://example.com:99999999/",
        "https://[::1/",
        "https://еxample.com/",
        "https://example.com/" + "x" * 3000,
    ],
)
def test_an_address_that_may_not_be_asked(address: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(address, limits=QUICK)
    assert caught.value.refused
    assert caught.value.code in {"bad-address", "not-https"}


@pytest.mark.parametrize(
    "address", ["https://example.com/x?y=1", "http://127.0.0.1:80/", "http://[::1]/", "http://localhost/"]
)
def test_an_address_that_may_be_asked(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "403 \x1b[31mred", "204 No Content", "206 Partial"])
def test_another_answer_is_refused(server: Server, status: str) -> None:
    assert refused(server, says(response(b"", status=status))) == "bad-status"


@pytest.mark.parametrize(
    "answer", [b"", b"\0\0\0\0", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 99_999]
)
def test_what_is_not_http_is_refused(server: Server, answer: bytes) -> None:
    assert refused(server, says(answer)) in {"bad-response", "truncated"}


def test_too_many_headers_are_refused(server: Server) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n"
    assert refused(server, says(head)) == "bad-response"


def test_nobody_there() -> None:
    with Server() as server:
        address = server.at("list")
    with pytest.raises(FetchError) as caught:
        fetch(address, limits=QUICK)
    assert caught.value.code == "unreachable"
    assert not caught.value.refused


def test_a_certificate_that_nobody_vouches_for_is_refused(server: Server, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.wrapped_by = context
    server.paths["list"] = says(response(BODY))
    with pytest.raises(FetchError) as caught:
        fetch(server.at("list").replace("http:", "https:"), limits=QUICK)
    assert caught.value.code == "tls"
    assert server.asked == []


# --- unpacking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_unpacking_takes_pieces_of_any_size(size: int) -> None:
    packed = gzip.compress(BODY[:60_000]) + gzip.compress(BODY[60_000:])
    inflater = Inflater("GZIP", len(BODY))
    for start in range(0, len(packed), size):
        inflater.add(packed[start : start + size])
    assert inflater.whole() == BODY


def test_unpacking_takes_no_byte_more() -> None:
    Inflater("gzip", len(BODY)).add(gzip.compress(BODY))
    with pytest.raises(BodyError) as caught:
        Inflater("gzip", len(BODY) - 1).add(gzip.compress(BODY))
    assert caught.value.code == "too-large"


def test_a_bomb_takes_no_memory() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(BodyError):
            Inflater("gzip", len(bomb)).add(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_what_unpacks_to_nothing_does_not_go_on_forever() -> None:
    inflater = Inflater("gzip", 10_000)
    empty = gzip.compress(b"")
    for _ in range(10_000 // len(empty)):
        inflater.add(empty)
    with pytest.raises(BodyError) as caught:
        inflater.add(empty)
    assert caught.value.code == "too-large"


def test_something_after_the_end_is_refused() -> None:
    inflater = Inflater("gzip", 10_000)
    with pytest.raises(BodyError):
        inflater.add(gzip.compress(b"x") + b"something else")
    with pytest.raises(BodyError):
        Inflater("deflate", 10).add(zlib.compress(b"x"))
