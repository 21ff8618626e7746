"""How a site misbehaves, by name (``site.behave("hang")``): each makes another reply of the one that would have been given."""

import gzip as gzip_format
import math
import re
import time
import zlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tests.servers.news_lists import Entry
from tests.servers.news_replies import Reply, Request, http_date, page

if TYPE_CHECKING:
    from tests.servers.news_sites import Site

HOP = re.compile(r"/hops/(\d+)(/.*)")


def status(site: "Site", request: Request, reply: Reply, code: int) -> Reply:
    """Another status, with a page that says so."""
    return page(f"<html><body><h1>Error {code}</h1></body></html>", status=code)


def retry_after(
    site: "Site", request: Request, reply: Reply, seconds: float | None = 3, code: int = 429, as_date: bool = False
) -> Reply:
    """Too many requests (or another code), with the seconds to wait, with the HTTP date when it is over, or without either (None)."""
    refusal = status(site, request, reply, code)
    if seconds is None:
        return refusal
    if not as_date:
        return replace(refusal.having("Retry-After", str(seconds)), retry_after_seconds=float(seconds))
    now = time.time()
    until = math.ceil(now + seconds)
    return replace(refusal.having("Retry-After", http_date(until)), retry_after_seconds=until - now)


def hang(site: "Site", request: Request, reply: Reply) -> Reply:
    """Never a byte."""
    return replace(reply, ending="hang")


def reset(site: "Site", request: Request, reply: Reply) -> Reply:
    """The connection is reset before the head."""
    return replace(reply, ending="reset")


def latency(site: "Site", request: Request, reply: Reply, seconds: float) -> Reply:
    """The head comes late."""
    return replace(reply, wait_seconds=seconds)


def drip(site: "Site", request: Request, reply: Reply, pieces: int = 10, seconds: float = 0.1) -> Reply:
    """The body in pieces, so many seconds between two."""
    return replace(reply, pieces=pieces, pause_seconds=seconds)


def cut(site: "Site", request: Request, reply: Reply) -> Reply:
    """The connection ends after half of the body that Content-Length promised."""
    return replace(reply, ending="cut")


def stall(site: "Site", request: Request, reply: Reply) -> Reply:
    """Half of the body, then silence."""
    return replace(reply, ending="stall")


def endless(site: "Site", request: Request, reply: Reply) -> Reply:
    """A body without end, in chunks."""
    return replace(reply, ending="endless", framing="chunked")


def chunked(site: "Site", request: Request, reply: Reply, pieces: int = 3) -> Reply:
    """No Content-Length: the body in chunks."""
    return replace(reply, framing="chunked", pieces=pieces)


def gzip(site: "Site", request: Request, reply: Reply) -> Reply:
    """The body packed, as most sites do it."""
    return replace(reply, body=gzip_format.compress(reply.body, mtime=0)).having("Content-Encoding", "gzip")


def gzip_bomb(site: "Site", request: Request, reply: Reply, mebibytes: int = 64) -> Reply:
    """A small body that is mostly zeros when it is unpacked."""
    return replace(reply, body=_bomb(mebibytes)).having("Content-Encoding", "gzip")


@lru_cache(maxsize=2)
def _bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(mebibytes)) + packer.flush()


def huge(site: "Site", request: Request, reply: Reply, size_bytes: int = 20_000_000) -> Reply:
    """A page with a comment that fills it up to that size."""
    return replace(reply, body=reply.body + b"<!--" + b"x" * (size_bytes - len(reply.body) - 7) + b"-->")


def header(site: "Site", request: Request, reply: Reply, name: str, value: str | None) -> Reply:
    """One header set (X-Robots-Tag, TDM-Reservation, Content-Type), or left out for None."""
    return reply.having(name, value)


def cookies(site: "Site", request: Request, reply: Reply) -> Reply:
    """A cookie is set."""
    return reply.having("Set-Cookie", "visitor=7; Path=/")


def meta_robots(site: "Site", request: Request, reply: Reply, content: str) -> Reply:
    """A page with a meta element for robots: noarchive, noindex."""
    return replace(reply, body=reply.body.replace(b"</head>", f'<meta name="robots" content="{content}"></head>'.encode(), 1))


def not_modified(site: "Site", request: Request, reply: Reply) -> Reply:
    """304, whatever was asked."""
    return replace(reply, status=304, body=b"", modified_at=0)


def redirect(site: "Site", request: Request, reply: Reply, hops: int = 1, to: str = "", code: int = 301) -> Reply:
    """That many redirects, the last one to ``to`` (any URL or path) or to what the path has itself."""
    return _moved(site, request.path, hops - 1, to, code)


def _moved(site: "Site", path: str, left: int, to: str, code: int) -> Reply:
    site.targets[path] = (to, code)
    return Reply(code, (("Location", to if to and not left else f"/hops/{left}{path}"),))


def next_hop(site: "Site", path: str) -> Reply | str:
    """On the way of a redirect: the next one, or the path whose own reply ends it."""
    hop = HOP.fullmatch(path)
    if not hop or hop[2] not in site.targets:
        return path
    to, code = site.targets[hop[2]]
    return _moved(site, hop[2], int(hop[1]) - 1, to, code) if int(hop[1]) else hop[2]


def loop(site: "Site", request: Request, reply: Reply) -> Reply:
    """Two addresses that redirect to each other."""
    return Reply(302, (("Location", request.path + ("" if "?" in request.target else "?again=1")),))


def html(site: "Site", request: Request, reply: Reply) -> Reply:
    """An HTML page in the place of a feed or of robots.txt, with status 200."""
    return page("<!DOCTYPE html><html><head><title>Nothing here</title></head><body><p>We have moved.</p></body></html>")


def cut_off(site: "Site", request: Request, reply: Reply) -> Reply:
    """Only the first 60 % of the text, as if that were all."""
    return replace(reply, body=reply.body[: len(reply.body) * 6 // 10])


def bom(site: "Site", request: Request, reply: Reply) -> Reply:
    """A byte order mark before the text."""
    return replace(reply, body=b"\xef\xbb\xbf" + reply.body)


def long_robots(site: "Site", request: Request, reply: Reply, size_bytes: int = 600 * 1024) -> Reply:
    """A robots.txt of that size: its own rules first, then comments, and ``Disallow: /late/`` in the last line."""
    end = b"User-agent: *\nDisallow: /late/\n"
    lines = (size_bytes - len(reply.body) - len(end)) // 64
    return replace(reply, body=reply.body + (b"#" + b"-" * 62 + b"\n") * lines + end)


def bare_ampersands(site: "Site", request: Request, reply: Reply) -> Reply:
    """A feed whose links have two parameters and an & that is not escaped."""
    entries = [Entry(f"{each.url}?page=1&part=2", each.title, each.published_at) for each in site.entries()]
    listing = site.listing(request.path, entries)
    return replace(listing, body=listing.body.replace(b"&amp;", b"&"))


def foreign(site: "Site", request: Request, reply: Reply, other: "Site") -> Reply:
    """A feed that lists the articles of another site."""
    return site.listing(request.path, other.entries())


def tracking(site: "Site", request: Request, reply: Reply) -> Reply:
    """A feed with each article three times: once plain, twice with parameters that only follow readers."""
    ends = ("", "?utm_source=feed&utm_medium=rss", "?fbclid=abc123")
    return site.listing(
        request.path, [Entry(each.url + end, each.title, each.published_at) for each in site.entries() for end in ends]
    )
