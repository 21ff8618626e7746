"""Pages of 64 KB, sent as gzip of 28 KB, on loopback addresses; a process of its own, as fast as Python can be.

``python -m tests.benchmarks.page_server`` prints its port, and serves until its standard input ends.
"""

import asyncio
import gzip
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PAGE_BYTES, PAGES = 64_000, 16
HEAD = b"HTTP/1.1 200 OK\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\nServer: made\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n"
NEWS_HEADERS = (
    b"Content-Encoding: gzip\r\nVary: Accept-Encoding\r\nCache-Control: max-age=60\r\nLast-Modified: Fri, 02 Jan 2026 03:00:00 GMT\r\n"
    b"X-Frame-Options: SAMEORIGIN\r\nStrict-Transport-Security: max-age=31536000\r\n"
)
ROBOTS = b"User-agent: *\nDisallow: /private/\n"


def made_page(number: int) -> bytes:
    """A page of made-up words that packs as badly as real ones with their scripts do."""
    chance = random.Random(number)
    words = ["".join(chance.choices("aeioubcdfglmnprst", k=chance.randint(3, 10))) for _ in range(3_500)]
    page, left = ["<!DOCTYPE html><html><head><title>Made</title></head><body><article>"], PAGE_BYTES
    while left > 0:
        page.append(f"<p>{' '.join(chance.choices(words, k=40))}</p>\n")
        left -= len(page[-1])
    return "".join(page).encode()[:PAGE_BYTES]


def answers() -> list[bytes]:
    """Heads and bodies as they are sent."""
    bodies = [gzip.compress(made_page(number), 6, mtime=0) for number in range(PAGES)]
    return [HEAD % (b"text/html; charset=utf-8", NEWS_HEADERS, len(body)) + body for body in bodies]


class Connection(asyncio.Protocol):
    """Answers whatever is asked, by the number that the path ends with."""

    made = answers()
    robots = HEAD % (b"text/plain", b"", len(ROBOTS)) + ROBOTS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ", 2)[1]
        is_robots = path == b"/robots.txt"
        self.transport.write(self.robots if is_robots else self.made[int(path.rsplit(b"-", 1)[1]) % PAGES])


async def serve() -> None:
    """Until standard input ends."""
    listening = socket.create_server(("0.0.0.0", 0), backlog=4096)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, sock=listening)
    print(listening.getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def page_server() -> Iterator[int]:
    """The port of a server in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.page_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        assert child.stdout
        try:
            yield int(child.stdout.readline())
        finally:
            child.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve())
