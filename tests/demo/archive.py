"""Builds a small WARC as a crawler leaves it: requests and answers, an error, a redirect, a revisit, a duplicate, odd encodings."""

import gzip
import uuid
import zlib
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"
ARCHIVE = Path(__file__).with_name("demo.warc.gz")

ADDRESSES = {
    "harbour_bridge": "https://www.tidewater-post.example/local/harbour-bridge-reopens",
    "ernte": "https://talbote.example/2024/10/07/spaete-ernte.html",
    "mediateca": "https://diario-ribera.example/barrios/mediateca-domingos",
    "night_trains": "https://rails.example/travel/night-trains?line=all",
    "gikai": "https://minato-nippo.example/news/1129-toudai",
    "gate": "https://gate.example/",
}
HTML = "text/html; charset=utf-8"


def record(kind: str, number: int, block: bytes, url: str | None = None, **extra: str) -> bytes:
    """One gzip member with one WARC/1.1 record; ids and dates follow from ``number``."""
    content_type = "application/warc-fields" if kind == "warcinfo" else "application/http; msgtype=response"
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'pressrun-demo-{number}')}>",
        "WARC-Date": f"2024-12-04T06:{number // 60:02d}:{number % 60:02d}Z",
        **({"WARC-Target-URI": url} if url else {}),
        "Content-Type": content_type,
        **{name.replace("_", "-"): value for name, value in extra.items()},
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return gzip.compress(b"WARC/1.1\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n", mtime=0)


def answer(body: bytes, status: str = "200 OK", content_type: str = HTML, **head: str) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", *(f"{k.replace('_', '-')}: {v}" for k, v in head.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def page(name: str) -> bytes:
    """The bytes of a golden page."""
    return (GOLDEN / f"{name}.html").read_bytes()


def build() -> bytes:
    """The whole archive: 12 captures, of which 5 are articles."""
    chunked = zlib.compress(page("mediateca"), level=0, wbits=31)  # stored: the same bytes from every zlib
    chunked = b"%x\r\n" % len(chunked) + chunked + b"\r\n0\r\n\r\n"
    latin = page("ernte").decode().encode("iso-8859-1")
    url = ADDRESSES
    bridge = url["harbour_bridge"]
    return b"".join(
        [
            record("warcinfo", 0, b"software: pressrun demo\r\nformat: WARC File Format 1.1\r\n"),
            record("request", 1, b"GET /local/harbour-bridge-reopens HTTP/1.1\r\nHost: www.tidewater-post.example\r\n\r\n", bridge),
            record("response", 2, answer(page("harbour_bridge")), bridge),
            record("response", 3, answer(latin, content_type="text/html"), url["ernte"]),
            record("response", 4, answer(chunked, Content_Encoding="gzip", Transfer_Encoding="chunked"), url["mediateca"]),
            record("response", 5, answer(page("night_trains"), X_Robots_Tag="noai"), url["night_trains"]),
            record("response", 6, answer(page("gikai")), url["gikai"]),
            record("response", 7, answer(page("harbour_bridge")), bridge + "?utm_source=letter"),
            record("response", 8, answer(b"<h1>Not here</h1>", "404 Not Found"), "https://rails.example/gone"),
            record("response", 9, answer(b"", "301 Moved Permanently", Location=bridge), "http://tidewater-post.example/"),
            record("response", 10, answer(b"%PDF-1.7 ...", content_type="application/pdf"), "https://rails.example/plan.pdf"),
            record("response", 11, answer(page("gate")), url["gate"]),
            record(
                "revisit", 12, answer(b""), bridge, WARC_Refers_To_Target_URI=bridge, WARC_Refers_To_Date="2024-12-04T06:00:02Z"
            ),
            record("response", 13, answer(page("gikai")[:700]), "https://minato-nippo.example/cut", WARC_Truncated="length"),
        ]
    )
