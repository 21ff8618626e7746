"""One GET at a time: bounded in bytes and seconds, to public addresses only, its bytes kept as they were sent."""

import contextlib
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from multidict import CIMultiDict
from yarl import URL

from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.guard import Guard, RefusedAddress
from tasks.fetching.names import Resolver
from tasks.fetching.responses import Response, Unanswered
from tasks.records import Headers

KEEP_ALIVE_SECONDS = 15.0
DNS_SECONDS_KEPT = 300
MAX_HEADER_BYTES = 1 << 15
MAX_HEADERS = 256
# Bodies of errors are looked at, not archived.
MAX_ERROR_BODY_BYTES = 1 << 18
_ASKS_FOR = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "*",
    # Readers of archives know these; zstd is beyond warcio.
    "Accept-Encoding": "gzip, deflate, br",
}

# The first that fits: errors of certificates are ValueErrors too, and those of time OSErrors.
_KINDS: tuple[tuple[type[Exception], FailureKind], ...] = (
    (aiohttp.ClientSSLError, FailureKind.TLS),
    (aiohttp.ClientConnectorDNSError, FailureKind.DNS),
    (aiohttp.ClientConnectorError, FailureKind.CONNECT),
    (TimeoutError, FailureKind.TIMEOUT),
    (ValueError, FailureKind.BAD_URL),
    (aiohttp.ClientResponseError, FailureKind.BAD_ANSWER),
    (aiohttp.ClientPayloadError, FailureKind.BAD_ANSWER),
    (Exception, FailureKind.DISCONNECT),
)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one request may take. ``read_seconds``: without a byte; ``max_body_bytes``: as sent, before decompression."""

    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    max_body_bytes: int = 10_000_000


USUAL_LIMITS = FetchLimits()


def any_type(_mime: str) -> bool:
    """Take every content type."""
    return True


def utc_now() -> datetime:
    """The time now, UTC."""
    return datetime.now(UTC)


class Client:
    """``async with Client(...) as client``: connections of its own, without cookies, proxies, redirects or referrers."""

    def __init__(
        self,
        user_agent: str,
        guard: Guard,
        limits: FetchLimits = USUAL_LIMITS,
        *,
        now: Callable[[], datetime] = utc_now,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._guard, self._limits, self._now = guard, limits, now
        self._headers = {"User-Agent": user_agent, **_ASKS_FOR}
        self._given_resolver = resolver

    async def __aenter__(self) -> Self:
        _let_open_many_files()
        self._resolver = self._given_resolver or Resolver(self._limits.connect_seconds)
        connector = aiohttp.TCPConnector(
            limit=0,
            limit_per_host=1,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            ttl_dns_cache=DNS_SECONDS_KEPT,
            resolver=self._resolver,
            socket_factory=self._guard.socket_factory,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=self._headers,
            response_class=Response,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(
                total=self._limits.total_seconds,
                sock_connect=self._limits.connect_seconds,
                sock_read=self._limits.read_seconds,
            ),
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        # A connector closes no resolver that it was given.
        await self._resolver.close()

    async def get(
        self, url: str, *, takes: Callable[[str], bool] = any_type, headers: Headers = (), max_body_bytes: int | None = None
    ) -> Answer | Failure:
        """Ask for an address: printable ASCII, sent as it is. Nothing that a server does raises.

        ``takes`` is asked for the content type of a good answer ("": none was sent); where it says no, no body is read.
        """
        asked_at, started = self._now(), time.monotonic()
        try:
            response = await self._ask(_asked(url), headers)
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            kind, detail = _what_failed(exc)
            # An idle connection may be closed by the server in the very moment in which it is used again.
            kind = FailureKind.STALE if isinstance(exc, Unanswered) and exc.is_reused else kind
            return Failure(url, kind, detail, asked_at, time.monotonic() - started)
        try:
            answer = _head(url, response, asked_at, time.monotonic() - started)
            if response.content.at_eof():
                return answer
            is_good = 200 <= answer.status < 300
            if is_good and not takes(answer.mime):
                return replace(answer, truncated="unspecified")
            most = max_body_bytes if max_body_bytes is not None else self._limits.max_body_bytes
            body, truncated = await response.read_up_to(most if is_good else min(most, MAX_ERROR_BODY_BYTES))
            return replace(answer, body=body, truncated=truncated)
        finally:
            # A body that was not read to its end costs the connection; any other is long given back.
            response.close()

    async def _ask(self, url: URL, headers: Headers) -> Response:
        response = await self._session.get(url, headers=CIMultiDict(headers) if headers else None, allow_redirects=False)
        assert isinstance(response, Response)  # noqa: S101 - for the type alone
        return response


def _let_open_many_files() -> None:
    """Take as many open connections as the system lets us have; the usual 1,024 are fewer than the domains of a worker."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Where the system names no limit it still has one.
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _asked(url: str) -> URL:
    """The address, not quoted again. Raises ValueError where it cannot be sent as it is."""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise aiohttp.InvalidURL(url, "not in printable ASCII")
    asked = URL(url, encoded=True)
    if asked.scheme not in ("http", "https"):
        raise aiohttp.InvalidURL(url, "neither http nor https")
    if asked.user is not None or asked.password is not None:
        raise aiohttp.InvalidURL(url, "with credentials")
    return asked


def _head(url: str, response: Response, asked_at: datetime, seconds: float) -> Answer:
    phrase = (response.reason or "").encode("utf-8", "surrogateescape").decode("latin-1")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)
    sent = tuple(response.request_info.headers.items())
    return Answer(url, response.status, phrase, headers, b"", None, response.peer_ip, asked_at, seconds, sent)


def _what_failed(exc: Exception) -> tuple[FailureKind, str]:
    """The kind, and a line without anything that the server or a page wrote."""
    cause: BaseException = exc
    while cause.__cause__ and not isinstance(cause, TimeoutError):
        cause = cause.__cause__
    if isinstance(cause, RefusedAddress):
        return FailureKind.REFUSED_ADDRESS, cause.why
    told = (getattr(cause, name, None) for name in ("verify_message", "reason", "strerror", "description"))
    kind = next(kind for types, kind in _KINDS if isinstance(exc, types))
    return kind, next((str(text) for text in told if text), type(cause).__name__)
