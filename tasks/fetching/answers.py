"""What came of a request: an answer with its bytes as they were sent, or a failure with its kind."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tasks.records import Headers


class FailureKind(StrEnum):
    """Why no answer came."""

    BAD_URL = "bad_url"
    REFUSED_ADDRESS = "refused_address"  # our own guard: no public address
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    DISCONNECT = "disconnect"
    STALE = "stale"  # the connection was kept open, and closed by the server as it was used again
    BAD_ANSWER = "bad_answer"  # no HTTP that can be read


@dataclass(frozen=True, slots=True)
class Failure:
    """A request without an answer. ``seconds``: from asking to the failure."""

    url: str
    kind: FailureKind
    detail: str
    asked_at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, of any status.

    ``body``: as sent, its content encoding not undone, its transfer encoding undone. ``truncated`` as in WARC-Truncated: length,
    time, disconnect, or unspecified where the body was not wanted (its type). ``ip``: the address that answered. ``asked_at``:
    when the request went out, UTC. ``seconds``: until the head was there.
    """

    url: str
    status: int
    phrase: str
    headers: Headers
    body: bytes
    truncated: str | None
    ip: str | None
    asked_at: datetime
    seconds: float
    request_headers: Headers

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def mime(self) -> str:
        """The content type without parameters, lower case; empty where none was sent."""
        return (self.header("Content-Type") or "").split(";", 1)[0].split(",", 1)[0].strip().lower()
