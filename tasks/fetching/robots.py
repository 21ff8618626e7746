"""robots.txt by RFC 9309: what an answer to it means, for how long, and what it allows. Pure: no clock, no network."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from tasks.fetching.answers import Answer, Failure

MOST_BYTES = 500 * 1024  # RFC 9309, 2.5: at least so much has to be read
MOST_REDIRECTS = 5  # RFC 9309, 2.3.1.2
VALID = timedelta(hours=24)  # RFC 9309, 2.4
VALID_AT_LEAST = timedelta(hours=1)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=5), timedelta(hours=1)
LONGEST_DELAY_SECONDS = 366 * 86_400.0

AGENT = re.compile(r"\s*user[ -]?agent(?:\s*:|\s)([^#]*)", re.IGNORECASE)
# As Protego reads them, with the common slips of the pen.
OTHER_FIELDS = re.compile(r"\s*(?:allow|dis{1,2}al{1,2}[oa]w|diasllow|crawl[ -]delay|site-?maps?)(?![\w-])", re.IGNORECASE)
PRODUCT = re.compile(r"[A-Za-z_-]+")  # RFC 9309, 2.2.1
OURS, OTHERS = "ours", "others"
MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RobotsCopy:
    """What an origin (scheme://host:port) said last. ``status`` 0: no answer came. ``until``: when it has to be asked again.

    ``is_elsewhere``: it is at another domain, which could not be visited at that time. ``why``: of no answer, for people.
    """

    origin: str
    asked_at: datetime
    until: datetime
    status: int
    failures: int
    text: str
    is_elsewhere: bool = False
    why: str = ""

    @property
    def is_unreachable(self) -> bool:
        """Whether all is disallowed, for nobody knows what the site says (RFC 9309, 2.3.1.4; 429 as StormCrawler reads it)."""
        return self.status in {0, 429} or self.status >= 500

    @property
    def refusal(self) -> str:
        """Why it is unreachable, for people."""
        return "at another domain that cannot be visited now" if self.is_elsewhere else self.why or f"status {self.status}"


def origin_of(url: str) -> str:
    """Scheme, host and port of an address: one robots.txt is for each."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def robots_url(url: str) -> str:
    """Where the robots.txt for an address is."""
    return f"{origin_of(url)}/robots.txt"


def read_robots(origin: str, before: RobotsCopy | None, outcome: Answer | Failure, now: datetime) -> RobotsCopy:
    """What the last answer of a chain of at most five redirects means; one redirect more counts as 4xx: no rules."""
    status = outcome.status if isinstance(outcome, Answer) and not _is_torn(outcome) else 0
    copy = RobotsCopy(origin, now, now + VALID, status, 0, "")
    if copy.is_unreachable:
        failures = (before.failures if before else 0) + 1
        again = min(FIRST_RETRY * 2 ** min(failures - 1, 10), LAST_RETRY)
        return RobotsCopy(origin, now, now + again, status, failures, "", why=_why_none(outcome))
    if not isinstance(outcome, Answer) or not 200 <= status < 300:
        return copy
    text = _whole_lines(outcome).decode("utf-8-sig", "replace")
    return RobotsCopy(origin, now, now + _validity(outcome), status, 0, text)


def _why_none(outcome: Answer | Failure) -> str:
    if isinstance(outcome, Answer):
        return "its answer broke off" if _is_torn(outcome) else ""
    return f"{outcome.kind.value}: {outcome.detail}"


def _is_torn(answer: Answer) -> bool:
    """Whether rules are missing that the site wanted to send: nobody knows which."""
    return 200 <= answer.status < 300 and answer.truncated in {"time", "disconnect"}


def _whole_lines(answer: Answer) -> bytes:
    body = answer.body[:MOST_BYTES]
    if len(answer.body) <= MOST_BYTES and not answer.truncated:
        return body
    # Half a line says something else: "Allow: /" of "Allow: /open/".
    return body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]


def _validity(answer: Answer) -> timedelta:
    match = MAX_AGE.search(answer.header("Cache-Control") or "")
    return min(VALID, max(VALID_AT_LEAST, timedelta(seconds=int(match[1])))) if match else VALID


class Rules:
    """What a copy says to one agent."""

    def __init__(self, copy: RobotsCopy, token: str) -> None:
        """``token``: the product token of the agent."""
        self.copy = copy
        self._parsed = Protego.parse(_grouped(copy.text, token))

    def allows(self, url: str) -> bool:
        """Whether an address of this origin may be fetched; robots.txt itself always may."""
        if self.copy.is_unreachable:
            return urlsplit(url).path == "/robots.txt"
        return bool(self._parsed.can_fetch(url, OURS))

    @property
    def crawl_delay_seconds(self) -> float:
        """Crawl-delay, which is no part of RFC 9309, but sites mean it; 0 where none is given."""
        delay = self._parsed.crawl_delay(OURS) or 0.0
        return min(max(0.0, float(delay)), LONGEST_DELAY_SECONDS) if math.isfinite(delay) else LONGEST_DELAY_SECONDS

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Addresses of sitemaps, as written."""
        return tuple(self._parsed.sitemaps)


def _grouped(text: str, token: str) -> str:
    """The text with its groups named by whether they are ours, and without fields that nobody reads.

    Protego matches parts of names, where the RFC matches whole product tokens; and a field that it does not know ends a group.
    """
    lines = list[str]()
    for line in text.splitlines():
        if agent := AGENT.match(line):
            lines.append(f"User-agent: {_group(agent[1].strip(), token)}")
        elif OTHER_FIELDS.match(line):
            lines.append(line)
    return "\n".join(lines)


def _group(name: str, token: str) -> str:
    if name.split()[:1] == ["*"]:
        return "*"
    product = PRODUCT.match(name)
    return OURS if product and product[0].lower() == token.lower() else OTHERS
