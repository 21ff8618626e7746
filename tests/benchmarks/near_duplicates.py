"""`python -m tests.benchmarks.near_duplicates [--articles N] [--table FILE]`: ours and datatrove's MinHash on the same articles."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from tasks.dedup.bands import BAND_HASHES, BANDS, LEAST_SIMILARITY
from tasks.dedup.components import components
from tasks.storage import open_store
from tests.benchmarks.edited_copies import EDITS, LEVELS, Made, make_articles, pairs_alike, shingles
from tests.benchmarks.peers import ROOT, Row
from tests.benchmarks.pipelines import DATATROVE_PYTHON
from tests.editions import NOON, add_shard, article

CHILD = Path(__file__).with_name("near_child.py")
SHARD_ARTICLES = 1_000
# What a search for near duplicates comes to; the other steps make an edition of it.
NEAR = {"pressrun": ("signatures", "sign: bands", "join", "doubts", "clusters"), "datatrove": ("signatures", "buckets", "clusters")}

Pairs = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """What one of the two has found: pairs of articles in one cluster, CPU seconds by step, all of them, peak megabytes."""

    name: str
    pairs: Pairs
    seconds: dict[str, float]
    all_seconds: float
    peak: float
    peak_whole: float

    @property
    def near_seconds(self) -> float:
        """CPU seconds of the search alone."""
        return sum(self.seconds[step] for step in NEAR[self.name])


def put(folder: Path, every: list[Made]) -> list[int]:
    """Lay the articles down for both; gives the node of each."""
    store, nodes = open_store(str(folder / "store")), []
    (folder / "articles").mkdir()
    with (folder / "articles/articles.jsonl").open("w") as lines:
        for first in range(0, len(every), SHARD_ARTICLES):
            rows = []
            for number, made in enumerate(every[first : first + SHARD_ARTICLES], first):
                url = f"https://www.site{number % 40}.example/{number}"
                rows.append(article(number, made.text, url=url, captured_at=NOON + timedelta(minutes=6 * number)))
                lines.write(json.dumps({"text": made.text, "id": str(number)}) + "\n")
            add_shard(store, f"s{first:08d}", rows)
            nodes += [int(row.id[:16], 16) for row in rows]
    return nodes


def search(name: str, python: str, folder: Path, number_of: Callable[[str], int]) -> Found:
    """Let one of them search in a process of its own, all its processes counted."""
    with subprocess.Popen([python, CHILD, name, folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{name} ended with {child.returncode}: run {python} {CHILD} {name} {folder} to see why")
    told = json.loads((folder / f"{name}.json").read_text())
    clusters: dict[Any, list[int]] = defaultdict(list)
    for key, cluster in told["clusters"].items():
        clusters[cluster].append(number_of(key))
    return Found(
        name, pairs_of(clusters.values()), told["seconds"], used.ru_utime + used.ru_stime, told["peak"], told["peak_whole"]
    )


def pairs_of(groups: Iterable[list[int]]) -> Pairs:
    """All pairs of each group."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def held_together(pairs: Pairs) -> Pairs:
    """All pairs of what hangs together by some."""
    nodes, labels = components(np.array(sorted(pairs), np.uint64).reshape(-1, 2))
    groups: dict[int, list[int]] = defaultdict(list)
    for node, label in zip(nodes.tolist(), labels.tolist(), strict=True):
        groups[label].append(node)
    return pairs_of(groups.values())


def copies(every: list[Made]) -> dict[str, list[tuple[tuple[int, int], float]]]:
    """For each kind of copy its pairs with the story itself, and how alike these are."""
    stories = {made.story: number for number, made in enumerate(every) if made.kind == "story"}
    kinds: dict[str, list[tuple[tuple[int, int], float]]] = defaultdict(list)
    for number, made in enumerate(every):
        if made.kind != "story":
            one, other = sorted((number, stories[made.story]))
            kinds[made.kind].append(((one, other), made.similarity))
    return kinds


def levels_table(every: list[Made], found: list[Found]) -> list[Row]:
    """Of pairs of a known similarity, the share that was put together."""
    kinds = copies(every)
    rows: list[Row] = [("put together, of pairs of Jaccard similarity", *(f"{level:g}" for level in LEVELS))]
    rows.append(("pairs", *(str(len(kinds[f"{level:g}"])) for level in LEVELS)))
    for each in found:
        shares = [np.mean([pair in each.pairs for pair, _ in kinds[f"{level:g}"]]) for level in LEVELS]
        rows.append((each.name, *(f"{share:.3f}" for share in shares)))
    bands = [1 - (1 - level**BAND_HASHES) ** BANDS for level in LEVELS]
    datatrove = [1 - (1 - level**8) ** 14 for level in LEVELS]
    rows.append((f"meet in a band: {BANDS} of {BAND_HASHES}", *(f"{share:.3f}" for share in bands)))
    rows.append(("meet in a band: 14 of 8", *(f"{share:.3f}" for share in datatrove)))
    return rows


def edits_table(every: list[Made], found: list[Found]) -> list[Row]:
    """Of copies edited as newsrooms do, the share that was put together with their story, all and those that are alike."""
    rows: list[Row] = [
        ("edit", "copies", "mean Jaccard", "at least .8", *(f"{each.name}{of}" for each in found for of in ("", ", of these")))
    ]
    for kind in EDITS:
        pairs = copies(every)[kind]
        near = [pair for pair, similar in pairs if similar >= LEAST_SIMILARITY]
        shares = [np.mean([pair in each.pairs for pair in some]) for each in found for some in ([pair for pair, _ in pairs], near)]
        facts = (str(len(pairs)), f"{np.mean([similar for _, similar in pairs]):.3f}", str(len(near)))
        rows.append((kind, *facts, *(f"{share:.3f}" for share in shares)))
    return rows


def truths_table(every: list[Made], found: list[Found]) -> list[Row]:
    """Recall and precision of pairs in one cluster, by two truths."""
    alike = held_together(pairs_alike([shingles(made.text) for made in every], LEAST_SIMILARITY))
    stories: dict[int, list[int]] = defaultdict(list)
    for number, made in enumerate(every):
        stories[made.story].append(number)
    truths = {"hang together by pairs of exact Jaccard >= .8": alike, "tell one story": pairs_of(stories.values())}
    rows: list[Row] = [("truth", "pairs", *(f"{each.name}: {what}" for each in found for what in ("recall", "precision")))]
    for name, truth in truths.items():
        both = [(len(each.pairs & truth) / len(truth), len(each.pairs & truth) / max(1, len(each.pairs))) for each in found]
        rows.append((name, str(len(truth)), *(f"{share:.4f}" for pair in both for share in pair)))
    return rows


def costs_table(number: int, found: list[Found]) -> list[Row]:
    """CPU seconds by step, articles a CPU second, memory."""
    rows: list[Row] = [("CPU seconds", *(each.name for each in found))]
    every = dict.fromkeys(step for steps in (*NEAR.values(), *(each.seconds for each in found)) for step in steps)
    is_near = {step for steps in NEAR.values() for step in steps}
    order = sorted(every, key=lambda step: step not in is_near)
    for step in order:
        rows.append((step, *(f"{each.seconds[step]:.1f}" if step in each.seconds else "" for each in found)))
        if step == order[len(is_near) - 1]:
            rows.append(("**search for near duplicates**", *(f"{each.near_seconds:.1f}" for each in found)))
            rows.append(("**articles a CPU second**", *(f"{number / each.near_seconds:.0f}" for each in found)))
    rows.append(("all, start of Python included", *(f"{each.all_seconds:.1f}" for each in found)))
    rows.append(("articles a CPU second of all", *(f"{number / each.all_seconds:.0f}" for each in found)))
    rows.append(("peak MB, search / all", *(f"{each.peak:.0f} / {each.peak_whole:.0f}" for each in found)))
    return rows


def compare_near(number: int, folder: Path) -> list[list[Row]]:
    """All tables, each with its head first."""
    every = make_articles(number)
    numbers = {str(node): place for place, node in enumerate(put(folder, every))}
    found = [search("pressrun", sys.executable, folder, numbers.__getitem__)]
    if DATATROVE_PYTHON.exists():
        found.append(search("datatrove", str(DATATROVE_PYTHON), folder, int))
    return [table(every, found) for table in (levels_table, edits_table, truths_table)] + [costs_table(number, found)]


def main() -> None:
    """Print the tables, and write them where they are wanted."""
    from tests.benchmarks.__main__ import markdown

    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.near_duplicates")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--table", type=Path, help="a file for the tables, as Markdown")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tables = "\n".join(markdown(rows) for rows in compare_near(wanted.articles, Path(name)))
    print(tables)
    if wanted.table:
        wanted.table.write_text(tables)


if __name__ == "__main__":
    main()
