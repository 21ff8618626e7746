"""A web of small news sites on loopback addresses, one port for all, and a log of every visit.

``with NewsWeb(sites=20) as web`` serves it from a thread; ``python -m tests.servers.news_web --sites 200 --port 8800 --log FILE``
from a process of its own, until it is terminated.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from tests.servers.news_sites import Site
from tests.servers.news_wire import Connection
from tests.servers.visits import Visit, to_line


class NewsWeb:
    """``domains``: the domain of a site by its number, where several are one; else each ip:port is its own.

    ``articles``: published by each site at the start. ``port``: 0 for a free one. ``log_file``: visits are added to it as JSON lines.
    """

    def __init__(
        self,
        sites: int = 20,
        articles: int = 5,
        *,
        port: int = 0,
        domains: Mapping[int, str] | None = None,
        log_file: Path | None = None,
    ) -> None:
        # One socket for all of 127/8: the address that a guest connected to tells the site.
        self._socket = socket.create_server(("0.0.0.0", port), backlog=4096)
        self.port = self._socket.getsockname()[1]
        named = domains or {}
        addresses = [f"{site_ip(number)}:{self.port}" for number in range(sites)]
        self.sites = [Site(number, address, named.get(number, address)) for number, address in enumerate(addresses)]
        for site in self.sites:
            site.publish(articles)
        self._by_ip = {site_ip(site.number): site for site in self.sites}
        self._visits, self._connections, self._open = list[Visit](), 0, set[Connection]()
        self._file = log_file.open("a", buffering=1) if log_file else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "NewsWeb":
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._file:
            self._file.close()

    @property
    def log(self) -> list[Visit]:
        """Every visit that has ended, by its end."""
        if self._loop.is_running():  # an answer may have arrived before its visit was written down
            asyncio.run_coroutine_threadsafe(_settle(), self._loop).result()
        return list(self._visits)

    def visits(self, site: Site) -> list[Visit]:
        """The visits of one site."""
        return [each for each in self.log if each.site == site.address]

    async def _serve(self) -> asyncio.Server:
        return await self._loop.create_server(self._connect, sock=self._socket, backlog=4096)

    def _connect(self) -> Connection:
        self._connections += 1
        return Connection(self._connections, self._by_ip, self._open, self._note)

    def _note(self, visit: Visit) -> None:
        self._visits.append(visit)
        if self._file:
            self._file.write(to_line(visit))

    async def _close(self) -> None:
        self._server.close()
        for each in list(self._open):
            each.transport.abort()
        while self._open:
            await asyncio.sleep(0)
        await _settle()


async def _settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


def site_ip(number: int) -> str:
    """127.1.0.1 for 0, and on; 250 in each net."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def main() -> None:
    """Serve until SIGTERM; the first line that is printed names port and sites as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=20)
    parser.add_argument("--articles", type=int, default=5)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--page-bytes", type=int, default=0, help="fill every article up to this size")
    parser.add_argument("--gzip", action="store_true", help="pack every answer but robots.txt")
    parser.add_argument("--publish-every", type=float, default=1e6, help="seconds until each site has one more article")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with NewsWeb(options.sites, options.articles, port=options.port, log_file=options.log) as web:
        for site in web.sites:
            site.latency_seconds = options.latency
            for url in site.articles if options.page_bytes else ():
                site.behave("huge", path=url, size_bytes=options.page_bytes)
            if options.gzip:
                site.behave("gzip")
        print(json.dumps({"port": web.port, "sites": [site.url for site in web.sites]}), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            publish_for_ever(web, options.publish_every)


def publish_for_ever(web: NewsWeb, every_seconds: float) -> None:
    """One more article at each site, again and again."""
    while True:
        time.sleep(every_seconds)
        for site in web.sites:
            site.publish(1)


if __name__ == "__main__":
    main()
