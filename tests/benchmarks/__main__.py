"""`python -m tests.benchmarks [ARCHIVE] [--table FILE] [--only own|peers]`: ours against limits, then beside the peers."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.archives import gzip_members, warcinfo
from tests.benchmarks import collecting, measures, plans
from tests.benchmarks.near_duplicates import compare_near
from tests.benchmarks.peers import PEER_PYTHON, Row, compare_extractors
from tests.benchmarks.pipelines import DATATROVE_PYTHON, compare_pipelines
from tests.demo.archive import record
from tests.quality.pages import SHARED

NEAR_ARTICLES = 5_000
REAL = SHARED / "archives" / "news.warc.gz"


def made_archive(folder: Path) -> Path:
    """Two hundred pages of our own, for where no real archive is at hand."""
    from tests.demo.archive import answer, page

    bodies = [page(name) for name in ("harbour_bridge", "mediateca", "night_trains", "gikai")]
    members = [gzip_members([warcinfo()])]
    for number in range(200):
        body = bodies[number % 4].replace(b"</h1>", b"</h1><p>Number %d of the made pages stands here.</p>" % number)
        members.append(record("response", number, answer(body), f"https://made.example/{number}"))
    path = folder / "made.warc.gz"
    path.write_bytes(b"".join(members))
    return path


def own(archive: Path, folder: Path) -> None:
    """Print one line a measure."""
    print(f"archive {archive.name}, {archive.stat().st_size / 1e6:.1f} MB\n")
    for line in (*measures.reading(archive), *measures.isolation(archive), *measures.whole_shard(archive, folder)):
        print(line, flush=True)
    for line in (
        *measures.memory(archive, folder),
        *plans.planning(folder),
        *plans.splitting(archive, folder),
        *plans.selecting(folder),
        *collecting.lines(folder),
    ):
        print(line, flush=True)


def peers(archive: Path, folder: Path) -> str:
    """Extractors, whole pipelines and the search for near duplicates beside their peers, as Markdown."""
    (near := folder / "near").mkdir()
    every = (compare_extractors(), compare_pipelines(archive, folder / "pipelines"), *compare_near(NEAR_ARTICLES, near))
    tables = [markdown(rows) for rows in every if rows]
    if not (PEER_PYTHON.exists() and DATATROVE_PYTHON.exists()):
        tables.append("Not all peers are installed: `make bench-peers` fetches them.\n")
    return "\n".join(tables)


def markdown(rows: Sequence[Row]) -> str:
    """A table, its head in the first row; all but the first column are numbers."""
    head, *body = rows
    lines = [head, ("---", *["---:"] * (len(head) - 1)), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Print what was measured, and write the tables where they are wanted."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--table", type=Path, help="a file for the tables of peers, as Markdown")
    parser.add_argument("--only", choices=("own", "peers"))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = wanted.archive or (REAL if REAL.exists() else made_archive(folder))
        if wanted.only != "peers":
            own(archive, folder)
        if wanted.only != "own":
            tables = peers(archive, folder)
            print(f"\n{tables}")
            if wanted.table:
                wanted.table.write_text(tables)


if __name__ == "__main__":
    main()
