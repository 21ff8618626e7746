"""A small real web server on the loopback interface: files of a folder, whole or by ranges, and a log of what was sent."""

import contextlib
import hashlib
import re
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Sent:
    """One request and its answer; ``bytes`` is the size of the body that was sent."""

    method: str
    path: str
    range: str
    status: int
    bytes: int


class WebServer(ThreadingHTTPServer):
    """``with WebServer(folder) as web``: ``answers`` maps a path to the status it gets instead, read ``log``.

    ``missing``: the status for files that are not there; ``heads``: the status for every HEAD, where it is not answered;
    ``ranges``: whether there are any; ``shift``: how many bytes too early every range begins.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.answers, self.log = dict[str, int](), list[Sent]()
        self.missing, self.heads, self.ranges, self.shift = 404, 0, True, 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "WebServer":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def bytes_sent(self) -> Counter[str]:
        """Bytes of bodies by path."""
        sent: Counter[str] = Counter()
        for each in list(self.log):
            sent[each.path] += each.bytes
        return sent


class Handler(BaseHTTPRequestHandler):
    server: WebServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    log_message = staticmethod(lambda *_: None)

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def serve(self) -> None:
        path = unquote(urlsplit(self.path).path)
        file = self.server.folder / path.lstrip("/")
        status = self.server.answers.get(path, 0) or (self.server.heads if self.command == "HEAD" else 0)
        if not status and not file.is_file():
            status = self.server.missing
        if status:
            return self.answer(path, status, {}, b"refused")
        return self.answer(path, *self.part(file))

    do_GET = do_HEAD = serve  # noqa: N815

    def part(self, file: Path) -> tuple[int, dict[str, str], bytes]:
        size, facts = file.stat().st_size, file.stat()
        etag = hashlib.sha256(f"{size} {facts.st_mtime_ns} {facts.st_ino}".encode()).hexdigest()[:16]
        headers = {"ETag": f'"{etag}"', "Accept-Ranges": "bytes" if self.server.ranges else "none"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")) if self.server.ranges else None
        if not wanted:
            return 200, headers, file.read_bytes()
        start, end = max(0, int(wanted[1]) - self.server.shift), min(size, int(wanted[2] or size) + 1)
        if start >= size:
            return 416, {"Content-Range": f"bytes */{size}"}, b""
        with file.open("rb") as stream:
            stream.seek(start)
            return 206, headers | {"Content-Range": f"bytes {start}-{end - 1}/{size}"}, stream.read(end - start)

    def answer(self, path: str, status: int, headers: dict[str, str], body: bytes) -> None:
        sent = b"" if self.command == "HEAD" else body
        self.server.log.append(Sent(self.command, path, self.headers.get("Range", ""), status, len(sent)))
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)
