"""Extractors beside their peers: quality, speed and memory, taken side by side, for the machine's speed drifts by a third."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from statistics import mean, median
from typing import Any

from tasks.components import component_names
from tasks.pages.charset import decode_text
from tests.benchmarks.peer_child import PEERS
from tests.quality.pages import COLLECTIONS, collection, page_bytes, read_pages
from tests.quality.text_metrics import add_found, find_segments, mean_score, score_text

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("peer_child.py")
TRAINED = ("fast", "balanced", "thorough")
SCORES = ROOT / "tasks/blocks/scores.json"
PEER_PYTHON = ROOT / ".venv-peers/bin/python"
BATCH_PAGES = 12
WARM_UP_PAGES = 10
MODULES = {"readability-lxml": "readability", "newspaper4k": "newspaper", "resiliparse": "resiliparse"}
HEAD = ("extractor", "F1 body", "P", "R", "F1 news", "P", "R", "F1 segments", "pages / CPU s", "ms median", "peak MB", "broke")

Row = tuple[str, ...]


@dataclass
class Contender:
    """A child process that extracts, and what it has answered so far."""

    name: str
    child: subprocess.Popen[str]
    texts: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in COLLECTIONS})
    seconds: list[float] = field(default_factory=list)
    broke: int = 0

    def ask(self, pages: Sequence[dict[str, Any]]) -> list[tuple[str, float, bool]]:
        """Texts and CPU seconds of some pages."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        print(json.dumps([[page["html"], page["url"]] for page in pages]), file=self.child.stdin, flush=True)
        return [(text, seconds, broke) for text, seconds, broke in json.loads(self.child.stdout.readline())]

    def peak_megabytes(self) -> float:
        """Peak memory of the process; it ends."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.close()
        return float(json.loads(self.child.stdout.readline()))


def contender_names() -> list[str]:
    """Ours, then the peers that are installed."""
    missing = {name for name, module in MODULES.items() if not PEER_PYTHON.exists() and find_spec(module) is None}
    return [f"pressrun:{name}" for name in component_names("extractors")] + [name for name in PEERS if name not in missing]


def start(name: str) -> Contender:
    """Start a contender in its environment."""
    is_ours = name.startswith("pressrun:") or not PEER_PYTHON.exists()
    command = [sys.executable if is_ours else PEER_PYTHON, CHILD, name]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    return Contender(name, child)


def load_pages(name: str) -> list[dict[str, Any]]:
    """The pages of a collection, decoded once for all."""
    pages = []
    for page in read_pages(collection(name)):
        page["html"] = decode_text(page_bytes(page), None).text
        pages.append(page)
    return pages


def compare(pages: dict[str, list[dict[str, Any]]], names: Iterable[str]) -> list[Row]:
    """One row an extractor, in the order of the names."""
    with ExitStack() as stack:
        contenders = [start(name) for name in names]
        for each in contenders:
            stack.enter_context(each.child)
            each.ask(list(islice(chain.from_iterable(pages.values()), WARM_UP_PAGES)))
        for number, (kind, batch) in enumerate(batches_of(pages)):
            turn = number % len(contenders)
            for each in contenders[turn:] + contenders[:turn]:
                for text, seconds, broke in each.ask(batch):
                    each.texts[kind].append(text)
                    each.seconds.append(seconds)
                    each.broke += broke
        return [row_of(each, pages) for each in contenders]


def batches_of(pages: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """All pages, a few at a time, with the collection they are of."""
    for kind, every in pages.items():
        for start_at in range(0, len(every), BATCH_PAGES):
            yield kind, every[start_at : start_at + BATCH_PAGES]


def row_of(each: Contender, pages: dict[str, list[dict[str, Any]]]) -> Row:
    """What a contender has earned."""
    row = [f"**{each.name.replace(':', ' ')}**" if each.name.startswith("pressrun:") else each.name]
    unseen = unseen_scores(each.name.partition(":")[2])
    for kind in ("articles_body", "articles_news"):
        gold = [page["text"] for page in pages[kind]]
        score = mean_score(score_text(text, best) for text, best in zip(each.texts[kind], gold, strict=True))
        shown = unseen.get(kind) or {"f1": score.f1, "precision": score.precision, "recall": score.recall}
        row += [f"{shown['f1']:.4f}", f"{shown['precision']:.3f}", f"{shown['recall']:.3f}"]
    segments = zip(each.texts["articles_segments"], pages["articles_segments"], strict=True)
    found = add_found(find_segments(text, page["segments_with"], page["segments_without"]) for text, page in segments)
    f1 = unseen.get("articles_segments", {"f1": found.f1})["f1"]
    speed = f"{1 / mean(each.seconds):.1f}"
    return (*row, f"{f1:.4f}", speed, f"{1000 * median(each.seconds):.1f}", f"{each.peak_megabytes():.0f}", str(each.broke))


def unseen_scores(grade: str) -> dict[str, dict[str, float]]:
    """What a grade earns on sites that its nets have not seen: on these pages they have seen everything."""
    found: dict[str, dict[str, float]] = json.loads(SCORES.read_text())["unseen_sites"][grade]["all"] if grade in TRAINED else {}
    return found


def compare_extractors() -> list[Row]:
    """The table, its head first; empty where the pages are not."""
    if not all(collection(name).exists() for name in COLLECTIONS):
        return []
    return [HEAD, *compare({name: load_pages(name) for name in COLLECTIONS}, contender_names())]
