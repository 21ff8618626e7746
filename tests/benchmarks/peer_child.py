"""One extractor in a process of its own: pages come on standard input, texts and CPU seconds go back.

``python tests/benchmarks/peer_child.py NAME`` in the peer's own environment, which has nothing of ours: a line of JSON a batch of
pages, a line of JSON an answer, and the peak memory after the last one.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Extract = Callable[[str, str], str]


def trafilatura(**options: Any) -> Extract:
    from trafilatura import extract

    return lambda html, url: extract(html, url=url, **options) or ""


def readability() -> Extract:
    from lxml.html import fromstring
    from readability import Document

    return lambda html, url: fromstring(Document(html, url=url).summary(html_partial=True)).text_content()


def resiliparse() -> Extract:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html, _: extract_plain_text(html, main_content=True, alt_texts=False, list_bullets=False)


def newspaper() -> Extract:
    from newspaper import Article

    def extract(html: str, url: str) -> str:
        article = Article(url, fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return str(article.text)

    return extract


def pressrun(component: str) -> Extract:
    """One of our own extractors, in our own environment; the facts, which it judges by, are part of its work."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tasks.components import load_component
    from tasks.metadata.merge import read_facts
    from tasks.pages.tree import parse_html

    extract = load_component("extractors", component).extract

    def extract_with_facts(html: str, url: str) -> str:
        tree = parse_html(html)
        return str(extract(tree, read_facts(tree, url, None), wants_markdown=False).text)

    return extract_with_facts


PEERS: dict[str, Callable[[], Extract]] = {
    "trafilatura": trafilatura,
    "trafilatura, no comments": lambda: trafilatura(include_comments=False),
    "trafilatura, fast": lambda: trafilatura(include_comments=False, fast=True),
    "trafilatura, favor_precision": lambda: trafilatura(include_comments=False, favor_precision=True),
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "newspaper4k": newspaper,
}


def measure(extract: Extract, html: str, url: str) -> tuple[str, float, bool]:
    """The text, its CPU seconds, and whether the extractor broke on the page."""
    began = time.process_time()
    try:
        text, broke = extract(html, url), False
    except Exception:  # noqa: BLE001  a peer that breaks on a page has no text for it
        text, broke = "", True
    return text, time.process_time() - began, broke


def peak_megabytes() -> float:
    """Peak memory of this very program: what getrusage tells is the parent's where that is more."""
    found = re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def main(name: str) -> None:
    logging.disable(logging.CRITICAL)
    kind, _, component = name.partition(":")
    extract = pressrun(component) if kind == "pressrun" else PEERS[name]()
    # What a peer prints must not stand among the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        print(json.dumps([measure(extract, html, url) for html, url in json.loads(line)]), file=answers, flush=True)
    print(json.dumps(peak_megabytes()), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
