"""What is asked of a site, what comes of it, and what it means for whoever asked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.robots import MOST_BYTES, RobotsCopy
from tasks.pages.decoding import BodyTooBig, Undecodable, decode_body
from tasks.records import Headers
from tasks.urls import clean_url

MOST_REDIRECTS = 5
MOST_UNPACKED_BYTES = 20 * MOST_BYTES


class Client(Protocol):
    """One GET (tasks/fetching/client.py)."""

    async def get(
        self, url: str, *, takes: Callable[[str], bool], headers: Headers, max_body_bytes: int | None
    ) -> Answer | Failure:
        """An answer, or why there is none; never raises."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that is to be made. ``takes``: by content type whether the body is wanted. ``delay_seconds``: the site's own."""

    url: str
    delay_seconds: float
    takes: Callable[[str], bool]
    headers: Headers = ()
    max_body_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Not asked, and not before this time. ``is_domain``: so it is for all of its domain in this run."""

    until: datetime
    why: str
    is_domain: bool = True


@dataclass(frozen=True, slots=True)
class Disallowed:
    """Not asked: robots.txt says no."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Not asked: a removal, told by its id, names the address."""

    removal: str


Outcome = Answer | Failure | Held | Disallowed | TakenOut


def redirect_of(answer: Answer) -> str | None:
    """Where an answer sends us on to; None: nowhere that can be fetched."""
    if answer.status not in {301, 302, 303, 307, 308}:
        return None
    location = answer.header("Location")
    return clean_url(location, answer.url) if location else None


def is_downgrade(url: str, following: str) -> bool:
    """Whether a redirect leads from https to http."""
    return url.startswith("https:") and following.startswith("http:")


def is_stale(outcome: Answer | Failure | Held) -> bool:
    """Whether the site was not asked, for its side of an open connection was closed: it is asked again, at its pace."""
    return isinstance(outcome, Failure) and outcome.kind is FailureKind.STALE


def unreadable(copy: RobotsCopy) -> Held:
    """What a robots.txt that cannot be had means for the pages of its origin."""
    return Held(copy.until, f"robots.txt could not be read ({copy.refusal})", is_domain=False)


def unpacked(outcome: Answer | Failure) -> Answer | Failure:
    """An answer with its content encoding undone: some servers pack what was asked for as it is."""
    if isinstance(outcome, Failure):
        return outcome
    encodings = tuple((name, value) for name, value in outcome.headers if name.lower() == "content-encoding")
    try:
        body = decode_body(outcome.body, encodings, MOST_UNPACKED_BYTES)
    except (Undecodable, BodyTooBig) as error:
        return Failure(outcome.url, FailureKind.BAD_ANSWER, str(error), outcome.asked_at, outcome.seconds)
    return replace(outcome, body=body.data, truncated=outcome.truncated or ("disconnect" if body.ends_early else None))
