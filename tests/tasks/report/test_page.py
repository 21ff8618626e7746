"""The page: self-contained, safe against every foreign word, whole on a phone, and small."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tasks.report.gathering import gather
from tasks.report.making import make_report
from tasks.report.page import render
from tasks.storage import Store, open_store
from tests.tasks.report.shards import RUN, article, rejection, write_hostile, write_manifest, write_shard

NOW = datetime(2024, 12, 9, tzinfo=UTC)
ALLOWED = set(
    "html head meta title style body header main section div p b i h1 h2 dl dt dd table thead tbody tr th td small span bdi svg rect path g"
    " figure figcaption details summary footer code".split()
)
chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")


class Elements(HTMLParser):
    """Every element with its attributes, and all text outside of style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._in_style = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_endtag(self, tag):
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data):
        if not self._in_style:
            self.text.append(data)


@pytest.fixture
def folder(tmp_path) -> Store:
    return open_store(str(tmp_path / "corpus"))


@pytest.fixture
def hostile(folder) -> Store:
    write_hostile(folder)
    return folder


@pytest.mark.parametrize("run", ["", RUN])
def test_foreign_words_stay_words(hostile, run):
    page = Elements(render(gather(hostile, run, NOW)))
    assert {tag for tag, _ in page.found} <= ALLOWED
    for _, attributes in page.found:
        assert not [name for name in attributes if name.startswith("on") or name in {"href", "src", "style", "action"}]
    text = "".join(page.text)
    assert "<script>document.title='owned'</script>" in text
    assert "{{ 7 * 191 }}" in text
    assert "1337" not in text
    assert not re.search("[\u202e\u2066\u200b\x00]|x{300}", text)


def test_the_policy_lets_nothing_in_but_the_page_s_own_style(hostile):
    page = render(gather(hostile, "", NOW))
    policy = next(attributes["content"] for tag, attributes in Elements(page).found if "http-equiv" in attributes)
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|https?:", style[1])


def test_what_a_report_says(folder):
    articles = [article(number) for number in range(30)]
    receipt = write_shard(folder, "a", articles, [rejection(0), rejection(1, "redirect"), rejection(2, "unheard_of")])
    write_manifest(folder, [receipt], failed={"c": "why not"})
    text = " ".join("".join(Elements(render(gather(folder, RUN, NOW))).text).split())
    for words in (
        "33captures read",
        "Articles by day of publication",
        "2024-12-03: 1 articles",
        "Outcomes by day of capture",
        "The server answered with a redirect (HTTP 3xx).",
        "unheard_of",
        "news0.example.org",
        "every text stands once",
        "The receipts do not tell how much memory the work took.",
        "start the same run again",
        "balanced",
    ):
        assert words in text
    assert "secret" not in text


def test_an_empty_run_says_why_its_parts_are_empty(folder):
    write_manifest(folder, [])
    text = "".join(Elements(render(gather(folder, RUN, NOW))).text)
    for words in ("There are no articles here.", "No capture was read.", "Nothing was rejected.", "Nothing was pressed here"):
        assert words in text


def test_a_page_does_not_grow_with_its_corpus(folder):
    names = [f"host{number}.example" for number in range(5_000)]
    many = [article(number % 2_000, host=name, text_sha256=f"{number:064x}") for number, name in enumerate(names)]
    write_shard(folder, "many", many)
    assert make_report(folder).size_bytes < 150_000


def test_where_a_report_goes(folder, tmp_path):
    write_manifest(folder, [write_shard(folder, "a", [article(0)])])
    assert make_report(folder).place == f"{folder.url}/report.html"
    assert make_report(folder, "latest").place == f"{folder.url}/runs/{RUN}/report.html"
    assert folder.read(f"runs/{RUN}/report.html").startswith(b"<!doctype html>")
    folder.delete("report.html")
    assert make_report(folder, out=str(tmp_path / "local.html")).place == str(tmp_path / "local.html")
    assert not folder.exists("report.html")


@contextmanager
def served(pages: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """A server of these pages: its address, and every path that was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = pages.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def seen_by_browser(url: str, profile: Path) -> str:
    """The document as Chromium has it when all scripts have run."""
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={profile}",
        "--virtual-time-budget=3000",
        "--dump-dom",
    )
    return subprocess.run(["chromium", *flags, url], capture_output=True, text=True, timeout=60, check=True).stdout


# The page in a frame as wide as a phone: how far does it reach beyond that, and what has become of its title?
FRAME = b"""<!doctype html><title>not yet</title><iframe src=/report.html width=360 height=800 style="border:0"></iframe><script>
onload = () => { const page = document.querySelector("iframe").contentDocument, root = page.documentElement;
  document.title = `${root.scrollWidth - root.clientWidth} px beyond ${Math.round(root.clientWidth / 60)}: ${page.title}`; };
</script>"""


@chromium
def test_in_a_browser_nothing_runs_nothing_is_asked_for_and_a_phone_need_not_scroll_sideways(hostile, tmp_path):
    long_word = {"shard": "w" * 200, "fingerprint": "", "why": "W" * 400, "run_id": ""}
    hostile.write("state/failed/long/word.json", json.dumps(long_word).encode())
    pages = {"/frame.html": FRAME}
    with served(pages) as (address, asked):
        # The server stands for the outside, too.
        page = render(gather(hostile, "", NOW)).replace("http://127.0.0.1:9/", f"{address}/outside/")
        assert "/outside/x.css" in page
        pages["/report.html"] = page.encode("utf-8", "replace")
        seen = seen_by_browser(f"{address}/frame.html", tmp_path / "profile")
    title = re.search("<title>(.*?)</title>", seen)
    assert title
    assert title[1] == "0 px beyond 6: Corpus corpus"
    assert set(asked) - {"/favicon.ico"} == {"/frame.html", "/report.html"}
