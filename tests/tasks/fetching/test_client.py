"""The client against servers that answer as badly as servers can."""

import asyncio
import itertools
import os
import resource
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.client import Client, FetchLimits
from tasks.fetching.guard import Guard
from tests.servers.raw import OK, RawServer, Route, Talk
from tests.servers.web import WebServer

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
AGENT = "pressrun-test/1 (+https://operator.example/)"
LOOPBACK = Guard(("127.0.0.1/32",))
LIMITS = FetchLimits(connect_seconds=5, read_seconds=5, total_seconds=10, max_body_bytes=300_000)
SHORT = FetchLimits(connect_seconds=1, read_seconds=1, total_seconds=1.4)
BLOCK = b"x" * (1 << 16)
HEAD_READ = threading.Event()
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def length(size: int) -> bytes:
    return b"Content-Length: %d\r\n" % size


def keep(answer: bytes) -> Route:
    """The answer, on a connection that stays."""

    def route(talk: Talk) -> bool:
        talk.send(answer)
        return True

    return route


def flow(start: bytes, pieces: Iterator[bytes], pause_seconds: float = 0) -> Route:
    """The start, and then the pieces for as long as they are taken."""

    def route(talk: Talk) -> None:
        talk.send(start)
        talk.drip(pieces, pause_seconds)

    return route


def silence(start: bytes) -> Route:
    """The start, and nothing more."""

    def route(talk: Talk) -> None:
        talk.send(start)
        talk.wait(30)

    return route


def after_the_head(start: bytes, then: Route) -> Route:
    """The start, and the rest when the client has read the head."""

    def route(talk: Talk) -> None:
        talk.send(start)
        HEAD_READ.wait(10)
        then(talk)

    return route


def reset(talk: Talk) -> None:
    talk.reset()


def noticed(_mime: str) -> bool:
    """Take every type, and tell the routes."""
    HEAD_READ.set()
    return True


def ask(url: str, limits: FetchLimits = LIMITS, guard: Guard = LOOPBACK, resolver=None, **options) -> Answer | Failure:
    return ask_all([url], limits, guard, resolver, **options)[0]


def ask_all(urls: list[str], limits: FetchLimits = LIMITS, guard: Guard = LOOPBACK, resolver=None, **options):
    async def run():
        async with Client(AGENT, guard, limits, now=lambda: NOW, resolver=resolver) as client:
            return [await client.get(url, **options) for url in urls]

    return asyncio.run(run())


def ask_raw(route: bytes | Route, limits: FetchLimits = LIMITS, **options) -> Answer | Failure:
    HEAD_READ.clear()
    with RawServer({"/": route}) as raw:
        return ask(raw.url("/"), limits, **{"takes": noticed, **options})


def test_an_answer_is_kept_as_it_was_sent():
    head = OK + b"X-Odd: caf\xe9\r\nx-odd: 2\r\nContent-Type: Text/HTML; charset=x\r\n"
    with RawServer({"/a/../b": keep(head + length(5) + b"\r\nhello")}) as raw:
        url = raw.url("/a/../b?q=%7e&r=a+b")
        answer = ask(url)
    assert answer == Answer(
        url=url,
        status=200,
        phrase="OK",
        headers=(("X-Odd", "caf\xe9"), ("x-odd", "2"), ("Content-Type", "Text/HTML; charset=x"), ("Content-Length", "5")),
        body=b"hello",
        truncated=None,
        ip="127.0.0.1",
        asked_at=NOW,
        seconds=answer.seconds,
        request_headers=answer.request_headers,
    )
    assert answer.mime == "text/html"
    assert 0 < answer.seconds < 5


def test_the_request_is_recorded_as_it_was_sent():
    with RawServer({"/": keep(OK + length(0) + b"\r\n")}) as raw:
        answer = ask(raw.url("/"), headers=(("If-None-Match", '"a"'), ("accept", "text/plain")))
        sent = raw.heads[0].decode()
    lines = [f"{name}: {value}" for name, value in answer.request_headers]
    assert sent == "\r\n".join(["GET / HTTP/1.1", *lines, "", ""])
    named = {name.lower(): value for name, value in answer.request_headers}
    assert named["user-agent"] == AGENT
    assert named["accept-encoding"] == "gzip, deflate, br"
    assert (named["if-none-match"], named["accept"]) == ('"a"', "text/plain")
    assert set(named) == {"host", "user-agent", "accept", "accept-language", "accept-encoding", "if-none-match"}


WHOLE = {
    "chunked": keep(CHUNKED + b"5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n"),
    "until the end": OK + b"\r\nhello",
    "100 before it": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + length(5) + b"\r\nhello",
    "103 before it": b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK + length(5) + b"\r\nhello",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\nhello",
    "no phrase": b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
    "bare line feeds": b"HTTP/1.1 200 OK\nA: b\nContent-Length: 5\n\nhello",
    "a folded header": OK + b"A: b\r\n c\r\n" + length(5) + b"\r\nhello",
    "control characters": OK + b"A: b\x01\x7fc\r\n" + length(5) + b"\r\nhello",
    "no gzip": OK + b"Content-Encoding: gzip\r\n" + length(5) + b"\r\nhello",
    "a header of 30 KB": OK + b"A: " + b"b" * 30_000 + b"\r\n" + length(5) + b"\r\nhello",
}


# In Python's development mode aiohttp parses strictly.
STRICTLY_BAD = {"bare line feeds", "a folded header", "control characters"}


@pytest.mark.parametrize("name", WHOLE)
def test_what_can_be_read_is_read(name):
    if name in STRICTLY_BAD and sys.flags.dev_mode:
        pytest.skip("aiohttp is strict in development mode")
    answer = ask_raw(WHOLE[name])
    assert (answer.status, answer.body, answer.truncated, answer.ip) == (200, b"hello", None, "127.0.0.1")


EMPTY = {
    "no content": (204, keep(b"HTTP/1.1 204 No Content\r\n\r\n")),
    "not modified": (304, keep(b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 500\r\n\r\n')),
    "no bytes": (200, keep(OK + length(0) + b"\r\n")),
    "until the end": (200, OK + b"\r\n"),
    "switching": (101, b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc"),
    "an unknown status": (999, b"HTTP/1.1 999 Go away\xe9\r\n\r\n"),
}


@pytest.mark.parametrize("name", EMPTY)
def test_answers_without_a_body_tell_who_answered(name):
    status, route = EMPTY[name]
    answer = ask_raw(route)
    assert (answer.status, answer.body, answer.truncated, answer.ip) == (status, b"", None, "127.0.0.1")
    assert status != 999 or answer.phrase == "Go away\xe9"


CUT = {
    "too long a length": (OK + length(100) + b"\r\nhello", "disconnect"),
    "a chunk cut": (CHUNKED + b"5\r\nhello\r\n10\r\n", "disconnect"),
    "a huge chunk cut": (CHUNKED + b"7fffffffffffffff\r\nhello", "disconnect"),
    "a reset": (after_the_head(OK + length(100) + b"\r\nhello", reset), "disconnect"),
    "a reset instead of an end": (after_the_head(OK + b"\r\nhello", reset), "disconnect"),
    "silence": (silence(OK + length(100) + b"\r\nhello"), "time"),
}


@pytest.mark.parametrize("name", CUT)
def test_what_came_of_a_body_is_kept_with_what_cut_it(name):
    route, cut = CUT[name]
    answer = ask_raw(route, SHORT if cut == "time" else LIMITS)
    assert (answer.status, answer.body, answer.truncated) == (200, b"hello", cut)


@pytest.mark.parametrize("size", [5, 100_000, 250_000])
def test_a_reset_behind_a_whole_body_cuts_nothing(size):
    def rest(talk: Talk) -> None:
        talk.send(b"x" * (size - 1))
        talk.reset()

    for _ in range(5):
        answer = ask_raw(after_the_head(OK + length(size) + b"\r\nx", rest))
        # What was on its way may be lost with the connection.
        assert (answer.truncated is None) == (len(answer.body) == size)


def test_a_body_that_drips_ends_with_the_total_time():
    started = time.monotonic()
    answer = ask_raw(flow(OK + length(1000) + b"\r\n", itertools.repeat(b"x"), 0.05), SHORT)
    assert answer.truncated == "time"
    assert answer.body
    assert set(answer.body) == {ord("x")}
    assert 1.2 < time.monotonic() - started < 8


ENDLESS = {
    "until the end": flow(OK + b"\r\n", itertools.repeat(BLOCK)),
    "chunked": flow(CHUNKED, itertools.repeat(b"10000\r\n" + BLOCK + b"\r\n")),
    "of a gigabyte": flow(OK + length(1 << 30) + b"\r\n", itertools.repeat(BLOCK)),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_body_without_end_is_cut_at_its_limit(name):
    answer = ask_raw(ENDLESS[name])
    assert (len(answer.body), answer.truncated) == (LIMITS.max_body_bytes, "length")


@pytest.mark.parametrize(("size", "truncated"), [(0, None), (9, None), (10, None), (11, "length"), (5000, "length")])
@pytest.mark.parametrize("is_chunked", [True, False])
def test_the_limit_is_exact(size, truncated, is_chunked):
    body = b"y" * size
    chunks = (b"%x\r\n%s\r\n" % (size, body) if size else b"") + b"0\r\n\r\n"
    answer = ask_raw(CHUNKED + chunks if is_chunked else OK + length(size) + b"\r\n" + body, max_body_bytes=10)
    assert (answer.body, answer.truncated) == (body[:10], truncated)


def test_bodies_of_errors_are_read_up_to_a_lower_limit_and_of_every_type():
    route = flow(b"HTTP/1.1 404 Not Found\r\nContent-Type: image/png\r\n\r\n", itertools.repeat(BLOCK))
    answer = ask_raw(route, takes=lambda mime: mime == "text/html")
    assert (answer.status, len(answer.body), answer.truncated) == (404, 1 << 18, "length")


@pytest.mark.parametrize(("header", "seen"), [(b"Content-Type: Image/PNG; a=b\r\n", "image/png"), (b"", "")])
def test_a_body_of_an_unwanted_type_is_not_read_and_costs_the_connection(header, seen):
    asked = []
    route = flow(OK + header + length(1 << 30) + b"\r\n", itertools.repeat(BLOCK))
    with RawServer({"/": route, "/next": keep(OK + length(2) + b"\r\nok")}) as raw:
        unwanted, wanted = ask_all([raw.url("/"), raw.url("/next")], takes=lambda mime: bool(asked.append(mime)) or mime == "x")
        assert raw.connections == 2
    assert (unwanted.status, unwanted.body, unwanted.truncated) == (200, b"", "unspecified")
    assert unwanted.ip == "127.0.0.1"
    assert asked[0] == seen
    assert wanted.truncated == "unspecified"


BAD_ANSWERS = {
    "no status line": b"Content-Length: 5\r\n\r\nhello",
    "HTTP/0.9": b"<html>hello</html>",
    "HTTP/2": b"HTTP/2 200\r\n\r\nhello",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "all bytes": bytes(range(256)) * 10,
    "two lengths": OK + length(5) + length(6) + b"\r\nhello!",
    "a negative length": OK + b"Content-Length: -1\r\n\r\nhello",
    "a length of 23 digits": OK + b"Content-Length: 99999999999999999999999\r\n\r\nhello",
    "a length and chunks": OK + length(5) + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "too short a length": OK + length(3) + b"\r\nhello",
    "a bad chunk size": CHUNKED + b"ZZ\r\nhello\r\n0\r\n\r\n",
    "a chunk size of 20 digits": CHUNKED + b"ffffffffffffffffffff\r\nhello",
    "NUL in a header": OK + b"A: b\x00c\r\n" + length(0) + b"\r\n",
    "a blank in a name": OK + b"A b: c\r\n" + length(5) + b"\r\nhello",
    "a header of 100 KB": OK + b"A: " + b"b" * 100_000 + b"\r\n" + length(0) + b"\r\n",
    "1,000 headers": OK + b"".join(b"A%d: b\r\n" % number for number in range(1000)) + b"\r\n",
    "headers without end": flow(OK, (b"A%d: b\r\n" % number for number in itertools.count())),
    "a line without end": flow(OK + b"A: ", itertools.repeat(b"b" * 1000)),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_what_cannot_be_read_is_a_failure_that_quotes_nothing(name):
    failure = ask_raw(BAD_ANSWERS[name])
    assert (type(failure), failure.kind, failure.asked_at) == (Failure, FailureKind.BAD_ANSWER, NOW)
    assert failure.detail in {"BadHttpMessage", "BadStatusLine", "InvalidHeader", "LineTooLong", "TransferEncodingError"}


def test_a_body_whose_chunks_go_bad_later_is_cut_there():
    answer = ask_raw(after_the_head(CHUNKED + b"5\r\nhello\r\n", lambda talk: talk.send(b"ZZ\r\nab\r\n0\r\n\r\n")))
    assert (answer.status, answer.body, answer.truncated) == (200, b"hello", "disconnect")


TOO_SLOW = {
    "silence": silence(b""),
    "half a head": silence(OK + b"A: "),
    "a head that drips": flow(OK + b"A: ", itertools.repeat(b"b"), 0.05),
    "interim answers without end": flow(b"", itertools.repeat(b"HTTP/1.1 102 Processing\r\n\r\n"), 0.01),
    "a flood of interim answers": flow(b"", itertools.repeat(b"HTTP/1.1 102 Processing\r\n\r\n" * 500)),
}


@pytest.mark.parametrize("name", TOO_SLOW)
def test_a_head_that_does_not_come_ends_with_the_time(name):
    started = time.monotonic()
    failure = ask_raw(TOO_SLOW[name], SHORT)
    assert (type(failure), failure.kind) == (Failure, FailureKind.TIMEOUT)
    assert failure.seconds <= time.monotonic() - started < 8


def broken_head(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 20")
    talk.reset()


LOST = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 20",
    "half a head": OK + b"A: ",
    "a reset at once": reset,
    "a reset in the head": broken_head,
}


@pytest.mark.parametrize("name", LOST)
def test_a_connection_lost_before_the_head_is_asked_no_second_time(name):
    with RawServer({"/": LOST[name]}) as raw:
        failure = ask(raw.url("/"))
        assert len(raw.heads) == raw.connections == 1
    assert (type(failure), failure.kind) == (Failure, FailureKind.DISCONNECT)


def test_a_kept_connection_that_is_lost_is_told_and_asked_no_second_time():
    with RawServer({"/": keep(OK + length(2) + b"\r\nok"), "/gone": b""}) as raw:
        first, gone = ask_all([raw.url("/"), raw.url("/gone")])
        assert (first.status, gone.kind, len(raw.heads)) == (200, FailureKind.STALE, 2)


def test_connections_are_kept_and_cookies_redirects_and_referrers_are_not():
    answers = {
        "/cookie": keep(OK + length(2) + b"Set-Cookie: a=b; Path=/\r\nSet-Cookie: \xff=;;\r\nSet-Cookie: =\r\n\r\nok"),
        "/moved": keep(b"HTTP/1.1 302 Found\r\nLocation: /cookie\r\n" + length(2) + b"\r\nno"),
        "/unchanged": keep(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    }
    with RawServer(answers) as raw:
        got = ask_all([raw.url(path) for path in ("/cookie", "/moved", "/unchanged", "/cookie")])
        assert (raw.connections, len(raw.heads)) == (1, 4)
        assert not any(name in head.lower() for head in raw.heads for name in (b"cookie:", b"referer"))
    assert [answer.status for answer in got] == [200, 302, 304, 200]
    assert got[1].header("location") == "/cookie"
    assert [answer.ip for answer in got] == ["127.0.0.1"] * 4


def test_a_gzip_bomb_stays_packed():
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = ask_raw(OK + b"Content-Encoding: gzip\r\n" + length(len(bomb)) + b"\r\n" + bomb)
    assert (answer.body, answer.truncated) == (bomb, None)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KB


BAD_URLS = """
    ftp://a.example/ file:///etc/passwd http:/// http://[::1 http://h:99999/ http://a..b/ http://.:80/ //a.example/ a.example
    http://user:secret@a.example/ http://user@a.example/ http://caf\xe9.example/ http://a.example/caf\xe9 http://2130706433/
""".split()


@pytest.mark.parametrize("url", [*BAD_URLS, "", "http://a.example/a b", "http://a.example/\r\nX: y", f"http://{'a' * 64}.example/"])
def test_an_address_that_cannot_be_sent_is_a_failure(url):
    failure = ask(url)
    assert (type(failure), failure.url, failure.kind) == (Failure, url, FailureKind.BAD_URL)
    assert "secret" not in failure.detail


@settings(max_examples=60)
@given(st.text(max_size=30) | st.from_regex(r"http://[^/]{0,20}(/.{0,20})?", fullmatch=True), st.text(max_size=8))
def test_no_address_and_no_header_raises(url, value):
    assert isinstance(
        ask(url, resolver=Names("127.0.0.1"), guard=Guard(ports=frozenset()), headers=(("If-None-Match", value),)), Failure
    )


def test_a_header_cannot_smuggle_another():
    with RawServer({"/": keep(OK + length(0) + b"\r\n")}) as raw:
        assert ask(raw.url("/"), headers=(("If-None-Match", '"a"\r\nX: y'),)).kind == FailureKind.BAD_URL
        assert raw.heads == []


def test_a_name_without_an_address_and_a_port_without_a_server():
    assert ask("http://nothing.invalid/").kind == FailureKind.DNS
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}/").kind == FailureKind.CONNECT


class Names(AbstractResolver):
    """Every name has the same addresses."""

    def __init__(self, *ips: str) -> None:
        self.ips = ips

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:  # noqa: ARG002
        kinds = [socket.AF_INET6 if ":" in ip else socket.AF_INET for ip in self.ips]
        return [
            ResolveResult(hostname=host, host=ip, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for ip, kind in zip(self.ips, kinds, strict=True)
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "ips", [("127.0.0.1",), ("::1",), ("127.0.0.1", "::1"), ("10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00:ec2::254")]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_public_name_that_leads_inside_is_refused(ips, scheme):
    failure = ask(f"{scheme}://news.example/", guard=Guard(), resolver=Names(*ips))
    assert (failure.kind, type(failure)) == (FailureKind.REFUSED_ADDRESS, Failure)
    assert any(ip in failure.detail for ip in ips)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "0x7f000001", "localhost"]
)
def test_addresses_of_our_own_are_refused_in_every_spelling(host):
    assert ask(f"http://{host}/", guard=Guard()).kind == FailureKind.REFUSED_ADDRESS


def test_an_allowed_address_among_refused_ones_is_found():
    with RawServer({"/": OK + length(2) + b"\r\nok"}) as raw:
        answer = ask(f"http://news.example:{raw.port}/", resolver=Names("10.0.0.1", "127.0.0.1"))
    assert (answer.body, answer.ip) == (b"ok", "127.0.0.1")


@contextmanager
def self_signed(tmp_path) -> Iterator[RawServer]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    begins = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, begins, begins + timedelta(days=9))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(here, critical=False).sign(key, hashes.SHA256())
    file, pem = tmp_path / "both.pem", serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with RawServer({"/": OK + length(2) + b"\r\nok"}, tls=context) as raw:
        yield raw


def test_a_certificate_that_nobody_vouches_for_is_a_failure(tmp_path):
    with self_signed(tmp_path) as raw:
        failure = ask(raw.url("/", "https"))
        assert raw.heads == []
    assert (failure.kind, failure.detail) == (FailureKind.TLS, "self-signed certificate")


HTTPS = """
import asyncio, sys
from tasks.fetching.client import Client
from tasks.fetching.guard import Guard

async def main():
    async with Client("examplebot/1 (+https://example.org/bot)", Guard(("127.0.0.0/8",))) as client:
        print(await client.get(sys.argv[1]))

asyncio.run(main())
"""


def test_a_certificate_that_the_system_trusts_is_fine(tmp_path):
    with self_signed(tmp_path) as raw:
        environ = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "both.pem")}
        command = [sys.executable, "-c", HTTPS, raw.url("/", "https")]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert "status=200" in done.stdout, done.stderr
    assert "body=b'ok'" in done.stdout


def test_tls_with_a_server_that_speaks_none(tmp_path):
    with WebServer(tmp_path) as web:
        assert ask(web.url.replace("http:", "https:") + "/").kind == FailureKind.TLS
    with RawServer({"/": b""}) as raw:
        assert ask(raw.url("/", "https"), SHORT).kind == FailureKind.TIMEOUT


def test_only_cancelling_comes_through():
    async def run(url: str) -> None:
        async with Client(AGENT, LOOPBACK, LIMITS) as client:
            asking = asyncio.create_task(client.get(url))
            await asyncio.sleep(0.2)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

    with RawServer({"/": silence(OK + b"\r\nhello"), "/silent": silence(b"")}) as raw:
        asyncio.run(run(raw.url("/")))
        asyncio.run(run(raw.url("/silent")))


@settings(max_examples=150)
@given(st.lists(st.sampled_from([OK, b"HTTP/1.1 ", b"\r\n", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n", b"\xff\x00", b"Set-Cookie: \xe9=\x01;;=\r\n", b"Location: \x7f\r\n"]) | st.binary(max_size=9), max_size=9))  # fmt: skip
def test_no_answer_raises(pieces):
    got = ask_raw(b"".join(pieces), FetchLimits(1, 1, 2, 1000))
    assert isinstance(got, Answer | Failure)


def test_a_client_may_have_as_many_connections_as_the_system_lets_it():
    async def open_and_close() -> None:
        async with Client("TestBot/1", Guard()):
            pass

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        asyncio.run(open_and_close())
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
