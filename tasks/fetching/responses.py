"""An answer as it comes: its head, who sent it, and its body up to where something cuts it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

import aiohttp
from aiohttp.connector import Connection


class Unanswered(aiohttp.ClientError):
    """The connection was lost before the head. No ClientOSError: after those aiohttp asks any server a second time.

    ``is_reused``: whether the connection had carried an answer before.
    """

    def __init__(self, why: str, *, is_reused: bool) -> None:
        super().__init__(why)
        self.is_reused = is_reused


# aiohttp's own traces tell of it too, but cost a tenth of a request.
_used: "WeakSet[asyncio.BaseProtocol]" = WeakSet()


class Response(aiohttp.ClientResponse):
    """Remembers who answered: an answer without a body has given its connection back before one could ask."""

    peer_ip: str | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the head."""
        peer = connection.transport and connection.transport.get_extra_info("peername")
        self.peer_ip = peer[0] if peer else None
        is_reused = connection.protocol in _used
        try:
            started = await super().start(connection)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as exc:
            raise Unanswered(str(exc), is_reused=is_reused) from exc
        if not is_reused and self._protocol is not None:
            _used.add(self._protocol)
        return started

    @contextmanager
    def ending_with_its_connection(self) -> Iterator[None]:
        """End the wait for bytes when the connection is closed: aiohttp closes it at a bad chunk, and waits on."""

        def end(_closed: object) -> None:
            if not self.content.is_eof() and self.content.exception() is None:
                self.content.set_exception(aiohttp.ClientPayloadError())

        closed = self._protocol.closed if self._protocol is not None else None  # a protocol is False
        if closed is None:
            end(closed)
            yield
            return
        # Its error is known from elsewhere, and asyncio writes of one that nobody has looked at.
        closed.remove_done_callback(_look_at)
        closed.add_done_callback(_look_at)
        closed.add_done_callback(end)
        try:
            yield
        finally:
            closed.remove_done_callback(end)

    def was_reset(self) -> bool:
        """Whether a body that ends with its connection ended with a broken one, which aiohttp takes for an end."""
        if self._protocol is None or "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            return False
        return isinstance(self._protocol.exception(), aiohttp.ClientOSError)

    async def read_up_to(self, max_bytes: int) -> tuple[bytes, str | None]:
        """The body, up to a size, and what cut it."""
        if self.content.is_eof() and self.content.total_bytes <= max_bytes and self.content.exception() is None:
            # All of it came with the head, and nothing has to be waited for.
            return self.content.read_nowait(), "disconnect" if self.was_reset() else None
        body, cut = bytearray(), None
        try:
            with self.ending_with_its_connection():
                while len(body) <= max_bytes and (piece := await self.content.readany()):
                    body += piece
        except TimeoutError:
            cut = "time"
        except (aiohttp.ClientError, OSError):
            cut = "disconnect"
            body += _unread(self.content)
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), "length"
        return bytes(body), cut or ("disconnect" if self.was_reset() else None)


def _unread(content: aiohttp.StreamReader) -> bytes:
    """What came before the connection was lost and was not read yet: the error stands before it, and is taken away."""
    content.set_exception(None)  # type: ignore[arg-type]
    try:
        return content.read_nowait()
    except TimeoutError:  # the time was over in the same moment
        return b""


def _look_at(closed: asyncio.Future[None]) -> None:
    if not closed.cancelled():
        closed.exception()
