"""Opt-out signals of sites: what says "do not keep", "do not index", "do not train on this", and which of it is honoured."""

from collections.abc import Iterable

TOKENS = {"noai", "noimageai", "noarchive", "noindex", "nosnippet", "none"}
# What forbids to keep a page, and what forbids to publish it in a corpus. nosnippet and noimageai forbid neither.
NOT_TO_BE_KEPT = {"x-robots-tag:noai", "x-robots-tag:noarchive", "x-robots-tag:none", "tdm-reservation:1"}
HONOURED_TOKENS = {"noai", "noarchive", "noindex", "none"}
# Directives that have a value behind a colon, where else the name of an agent stands.
WITH_VALUE = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}


def header_opt_outs(headers: Iterable[tuple[str, str]], agent: str = "") -> tuple[str, ...]:
    """Signals in an HTTP head: X-Robots-Tag, for all agents or for this one, and TDM-Reservation (W3C TDMRep)."""
    found = []
    for name, value in headers:
        if name.lower() == "x-robots-tag":
            found += [f"x-robots-tag:{token}" for token in _tokens(value, agent) if token in TOKENS]
        elif name.lower() == "tdm-reservation" and value.strip() == "1":
            found.append("tdm-reservation:1")
    return tuple(dict.fromkeys(found))


def _tokens(value: str, agent: str) -> list[str]:
    """Directives of an X-Robots-Tag that are for everybody or for this agent; a name before a colon is for the whole value."""
    scope, colon, rest = value.partition(":")
    named = scope.strip().lower()
    if colon and named not in WITH_VALUE and "," not in scope:
        if named != agent.lower():
            return []
        value = rest
    return [token.strip().lower() for token in value.split(",")]


def is_honoured(signal: str) -> bool:
    """Whether a page with this signal stays out of the corpus where opt-outs are honoured."""
    source, _, token = signal.partition(":")
    return signal == "tdm-reservation:1" or (source in {"x-robots-tag", "meta"} and token in HONOURED_TOKENS)
