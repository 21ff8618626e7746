"""A loopback proxy before an S3 server that spoils chosen answers. The Host header stays as sent, so signatures stay valid."""

import contextlib
import http.client
import re
import socket
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "content-length", "expect", "keep-alive", "transfer-encoding"}


@dataclass
class Rule:
    """What to do to the next ``times`` requests that match; the first rule that matches counts.
    action: status | after (done upstream, then ``status``) | reset (no answer) | reset_body (half a body) | hang |
    cut (half of the body that Content-Length promised) | short (Content-Length promises half) | slow (in 10 pieces).
    """

    method: str = ".*"
    path: str = ".*"
    action: str = "status"
    times: int = 10**9
    status: int = 503
    code: str = "SlowDown"
    seconds: float = 0.0
    hits: int = 0


@dataclass(frozen=True)
class Seen:
    """One request as the proxy saw it, and what was done to it ("" for nothing); names of headers in lower case."""

    method: str
    path: str
    range: str
    action: str
    headers: dict[str, str]


class FaultProxy(ThreadingHTTPServer):
    """``with FaultProxy(server.endpoint) as proxy``: set ``rules``, read ``log``; every thread has ended when it closes."""

    daemon_threads = False

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = urlsplit(upstream).netloc
        self.rules, self.log = list[Rule](), list[Seen]()
        self.lock, self.closing = threading.Lock(), threading.Event()
        self.connections, self.slots = set[socket.socket](), threading.BoundedSemaphore(128)
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "FaultProxy":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request, client_address) -> None:
        self.slots.acquire()
        self.connections.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address) -> None:
        super().process_request_thread(request, client_address)
        self.connections.discard(request)
        self.slots.release()

    def note(self, method: str, path: str, headers: dict[str, str]) -> Rule:
        with self.lock:
            matches = (r for r in self.rules if r.hits < r.times and re.fullmatch(r.method, method) and re.search(r.path, path))
            rule = next(matches, Rule(action=""))
            rule.hits += 1
            self.log.append(Seen(method, path, headers.get("range", ""), rule.action, headers))
        return rule

    def start(self, *rules: Rule) -> None:
        """Forget what was seen, and follow these rules from now on."""
        with self.lock:
            self.rules, self.log = list(rules), []

    def methods(self) -> list[str]:
        """GET, PUT, HEAD, DELETE, or LIST, of every request since start()."""
        with self.lock:
            return ["LIST" if "list-type=" in seen.path else seen.method for seen in self.log]


class Handler(BaseHTTPRequestHandler):
    server: FaultProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    log_message = staticmethod(lambda *_: None)

    def handle(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            super().handle()

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        rule = self.server.note(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        if rule.action in {"reset", "hang"}:
            self.server.closing.wait(rule.seconds)
            return self.hang_up(reset=rule.action == "reset")
        if rule.action != "status":
            status, headers, data = self.ask_upstream(body)
        if rule.action in {"status", "after"}:
            data = f"<Error><Code>{rule.code}</Code><Message>by the fault proxy</Message></Error>".encode()
            status, headers = rule.status, {"Content-Type": "application/xml", "Content-Length": str(len(data))}
        return self.answer(rule, status, headers, b"" if self.command == "HEAD" else data)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = forward  # noqa: N815

    def ask_upstream(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        with contextlib.closing(http.client.HTTPConnection(self.server.upstream, timeout=60)) as upstream:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            data = answer.read()
        length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(data))
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        return answer.status, headers | {"Content-Length": length}, data

    def answer(self, rule: Rule, status: int, headers: dict[str, str], data: bytes) -> None:
        half = data[: len(data) // 2] if rule.action in {"cut", "short", "reset_body"} else data
        headers |= {"Content-Length": str(len(half))} if rule.action == "short" and data else {}
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        step = len(half) // (10 if rule.action == "slow" else 1) + 1
        for start in range(0, len(half), step):
            self.wfile.write(half[start : start + step])
            self.server.closing.wait(rule.seconds / 10)
        if rule.action in {"cut", "reset_body"}:
            self.hang_up(reset=rule.action == "reset_body")

    def hang_up(self, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socket.close(self.connection.detach())  # close() alone would wait for rfile and wfile
