"""A server that says whatever bytes a test wants, and stops, waits or breaks off where it wants: no HTTP of its own."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\n"


@dataclass
class Talk:
    """One request on a connection: its head as it came, and what a route may do with the connection."""

    connection: socket.socket
    head: bytes
    stopping: threading.Event

    def send(self, *pieces: bytes) -> None:
        """Send, until the other side has gone."""
        for piece in pieces:
            self.connection.sendall(piece)

    def wait(self, seconds: float) -> None:
        """Keep silent; ends early when the server is stopped."""
        self.stopping.wait(seconds)

    def drip(self, pieces: Iterator[bytes], seconds: float) -> None:
        """Send the pieces with a pause after each, to the end of the server if need be."""
        for piece in pieces:
            self.send(piece)
            if self.stopping.wait(seconds):
                return

    def reset(self) -> None:
        """Break the connection off (RST)."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Route = Callable[[Talk], bool | None]


@dataclass
class RawServer:
    """``with RawServer(routes) as raw``: a route is bytes to send, or a function; the connection is closed after it.

    A function that returns True keeps the connection for another request. ``heads``: of all requests, in order.
    ``connections``: how many were accepted.
    """

    routes: dict[str, bytes | Route]
    tls: ssl.SSLContext | None = None
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "RawServer":
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        # Closing alone does not wake a thread that is in accept().
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        # The other side goes when it likes: that is what many of these tests are about.
        with contextlib.suppress(OSError), plain:
            connection = self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
            with connection:
                while head := _read_head(connection):
                    self.heads.append(head)
                    route = self.routes[head.split(b" ", 2)[1].decode().partition("?")[0]]
                    talk = Talk(connection, head, self._stopping)
                    if isinstance(route, bytes):
                        talk.send(route)
                    elif route(talk):
                        continue
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_WR)
                    return


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(1 << 16)
        if not received:
            return b""
        head += received
    return head
