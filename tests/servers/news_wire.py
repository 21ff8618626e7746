"""HTTP/1.1 of the news web, by hand on asyncio: one connection of a guest, and the visits that come of it."""

import asyncio
import socket
import struct
import time
import zlib
from collections.abc import Callable
from urllib.parse import urljoin

from tests.servers.news_replies import Reply, Request, head_bytes, parse_request
from tests.servers.news_sites import Site
from tests.servers.visits import Visit

PIECE_BYTES = 65_536
ROBOTS_BYTES = 512_000


class Connection(asyncio.Protocol):
    """One guest; ``sites`` by their address without the port, ``note`` takes every visit when it ends."""

    transport: asyncio.Transport

    def __init__(self, number: int, sites: dict[str, Site], open_ones: "set[Connection]", note: Callable[[Visit], None]) -> None:
        self.number, self.sites, self.open_ones, self.note = number, sites, open_ones, note
        self.site: Site | None = None
        self.unread, self.begun, self.sent_bytes, self.has_head = b"", 0.0, 0, False
        self.current: tuple[Request, Reply] | None = None
        self.task: asyncio.Task[None] | None = None
        self.writable = asyncio.Event()
        self.writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.site = self.sites.get(transport.get_extra_info("sockname")[0])
        if self.site is None:  # nothing is served to the world outside
            return transport.abort()
        self.open_ones.add(self)
        return transport.set_write_buffer_limits(0)

    def data_received(self, data: bytes) -> None:
        self.begun = self.begun or time.monotonic()
        self.unread += data
        self._answer_next()

    def _answer_next(self) -> None:
        end = self.unread.find(b"\r\n\r\n")
        if self.current or end < 0 or self.site is None:
            return
        request = parse_request(self.unread[:end])
        self.unread = self.unread[end + 4 :]
        reply = self.site.answer(request)
        self.current = request, reply
        if reply.is_quick:
            self._write_all(request, reply)
        else:
            self.task = asyncio.ensure_future(self._perform(request, reply))

    def _write_all(self, request: Request, reply: Reply) -> None:
        self.has_head = True
        body = b"" if request.method == "HEAD" else reply.body
        self.sent_bytes = len(body)
        self.transport.write(head_bytes(reply) + body)
        if self.writable.is_set():
            self._finish(is_whole=True)
        else:
            self.task = asyncio.ensure_future(self._finish_later())

    async def _finish_later(self) -> None:
        await self.writable.wait()
        self._finish(is_whole=True)

    async def _perform(self, request: Request, reply: Reply) -> None:
        await asyncio.sleep(reply.wait_seconds)
        if reply.ending == "hang":
            return await asyncio.sleep(3600)
        if reply.ending == "reset":
            return self._reset()
        self.has_head = True
        self.transport.write(head_bytes(reply))
        if request.method != "HEAD":
            await self._send_body(reply)
        await self.writable.wait()
        self._finish(is_whole=True)
        return None

    async def _send_body(self, reply: Reply) -> None:
        body = reply.body if reply.ending not in {"cut", "stall"} else reply.body[: len(reply.body) // 2]
        size = -(-len(body) // reply.pieces) or 1
        for start in range(0, len(body), size):
            await asyncio.sleep(reply.pause_seconds if start else 0)
            await self._send(body[start : start + size], reply.framing)
        while reply.ending == "endless":
            await asyncio.sleep(0.002)
            await self._send((body or b"x") * (1 + PIECE_BYTES // (len(body) + 1)), reply.framing)
        if reply.ending == "stall":
            await asyncio.sleep(3600)
        if reply.ending == "cut":
            self.transport.close()
            await asyncio.sleep(3600)
        if reply.framing == "chunked":
            self.transport.write(b"0\r\n\r\n")

    async def _send(self, piece: bytes, framing: str) -> None:
        size = len(piece) if framing == "chunked" else PIECE_BYTES
        for start in range(0, len(piece), size):
            part = piece[start : start + size]
            self.transport.write(b"%x\r\n%b\r\n" % (len(part), part) if framing == "chunked" else part)
            # Counted before it is gone: a guest that has read so much has been sent so much.
            self.sent_bytes += len(part)
            await self.writable.wait()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()

    def _finish(self, *, is_whole: bool) -> None:
        assert self.current
        assert self.site
        request, reply = self.current
        self.note(self._visit(self.site, request, reply, is_whole))
        self.current, self.task, self.begun, self.sent_bytes, self.has_head = None, None, 0.0, 0, False
        if is_whole and request.headers.get("connection", "").lower() == "close":
            self.transport.close()
        elif is_whole and self.unread:
            self.begun = time.monotonic()
            self._answer_next()

    def _visit(self, site: Site, request: Request, reply: Reply, is_whole: bool) -> Visit:
        is_robots = "robots" in request.path and 200 <= reply.status < 300 and self.has_head
        location = reply.header("Location") if self.has_head else ""
        return Visit(
            site=site.address,
            domain=site.domain,
            path=request.target,
            status=reply.status if self.has_head else 0,
            begun=self.begun,
            ended=time.monotonic(),
            user_agent=request.headers.get("user-agent", ""),
            connection=self.number,
            method=request.method,
            is_whole=is_whole,
            sent_bytes=self.sent_bytes,
            retry_after_seconds=reply.retry_after_seconds if self.has_head else None,
            location=urljoin(site.url + request.target, location) if location else "",
            robots=_text(reply) if is_robots else None,
            headers=request.headers,
        )

    def connection_lost(self, _: Exception | None) -> None:
        self.open_ones.discard(self)
        if self.task:
            self.task.cancel()
        if self.current:
            self._finish(is_whole=False)


def _text(reply: Reply) -> str:
    is_packed = reply.header("Content-Encoding") == "gzip"
    body = zlib.decompressobj(31).decompress(reply.body, ROBOTS_BYTES) if is_packed else reply.body[:ROBOTS_BYTES]
    return body.decode("utf-8-sig", errors="replace")
