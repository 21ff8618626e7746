"""From a capture to a page: what is no page is rejected, encodings are undone, bodies that came before are told."""

from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from tasks.pages.classify import classify, classify_body
from tasks.pages.decoding import BodyTooBig, Undecodable, decode_body, payload_digest
from tasks.reasons import Reason, Stage
from tasks.recipe import Recipe
from tasks.records import Capture, Page, Rejection, reject


class HostSet(Protocol):
    """Which hosts are wanted."""

    def takes(self, host: str) -> bool:
        """Whether this one is."""


def unpack(capture: Capture, source: str, seen: set[str], recipe: Recipe, hosts: HostSet | None = None) -> Page | Rejection:
    """Classify a capture and undo its encodings; ``seen`` holds the digests of the shard's pages so far and grows."""
    if refused := _refused_host(capture, hosts) or classify(capture, recipe.max_payload_bytes):
        return refused
    try:
        body = decode_body(capture.payload, capture.http_headers, recipe.max_payload_bytes)
    except Undecodable as error:
        return reject(capture, Stage.DECODE, Reason.UNDECODABLE, str(error))
    except BodyTooBig as error:
        return reject(capture, Stage.DECODE, Reason.PAYLOAD_TOO_BIG, str(error))
    if refused := classify_body(capture, body.data):
        return refused
    digest = payload_digest(body.data)
    if digest in seen:
        return reject_duplicate(capture, digest)
    seen.add(digest)
    truncated = capture.truncated or ("encoding" if body.ends_early else None)
    return Page(replace(capture, payload=b""), body.data, digest, truncated, source)


def _refused_host(capture: Capture, hosts: HostSet | None) -> Rejection | None:
    if hosts is None or hosts.takes(host_of(capture.url) or ""):
        return None
    return reject(capture, Stage.CLASSIFY, Reason.OTHER_HOST)


def reject_duplicate(capture: Capture, digest: str) -> Rejection:
    """A capture whose body came before in the same archive."""
    return reject(capture, Stage.CLASSIFY, Reason.DUPLICATE_PAYLOAD, None, digest)


def host_of(url: str | None) -> str | None:
    """Host name in a URL, lower case; None where there is none."""
    try:
        return urlsplit(url or "").hostname
    except ValueError:  # an address with half an IPv6 literal
        return None
