"""`python -m tests.benchmarks.workers ARCHIVE [--archives N] [--times T]`: what a second worker gains on the same archives.

Ten archives, each the given one ``T`` times over, pressed by one worker and by two, by turns. Counted is the time from the first
archive's start to the last one's end, as their receipts tell it; starting up is not in it.
"""

import argparse
import gzip
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from tests.flows.command_line import PRESSRUN


def make_archives(archive: Path, folder: Path, count: int, times: int) -> None:
    """Archives of the same pages, ``times`` over; each page differs by a comment, for a body that came before is not pressed."""
    made = b"".join(members(archive, turn) for turn in range(times))
    for number in range(count):
        (folder / f"made-{number:02d}.warc.gz").write_bytes(made)


def members(archive: Path, turn: int) -> bytes:
    """The records of an archive, each a gzip member, with a comment in its page."""
    made = []
    with archive.open("rb") as stream:
        for found in ArchiveIterator(stream, parse_http=False):
            body = found.reader.read().replace(b"</body>", b"<!--%d--></body>" % turn, 1)
            kept = {name: value for name, value in found.headers.items() if "Digest" not in name and name != "Content-Length"}
            head = "".join(f"{name}: {value}\r\n" for name, value in {**kept, "Content-Length": str(len(body))}.items())
            made.append(gzip.compress(b"WARC/1.0\r\n" + head.encode() + b"\r\n" + body + b"\r\n\r\n", 1))
    return b"".join(made)


def pressing_seconds(crawl: Path, root: Path, workers: int) -> float:
    """From the first archive's start to the last one's end."""
    command = [PRESSRUN, "backfill", str(crawl), "--into", str(root), "--workers", str(workers), "--split-mb", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    runs = [json.loads(path.read_text())["run"] for path in root.glob("receipts/*/*/*.json")]
    times = [[datetime.fromisoformat(run[name]).timestamp() for run in runs] for name in ("started_at", "finished_at")]
    return max(times[1]) - min(times[0])


def compare(archive: Path, folder: Path, count: int, times: int) -> Iterator[str]:
    """A line a run, then the ratio."""
    crawl = folder / "crawl"
    crawl.mkdir()
    make_archives(archive, crawl, count, times)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(2):
        for workers in (1, 2) if turn == 0 else (2, 1):
            before = time.monotonic()
            seconds[workers].append(pressing_seconds(crawl, folder / f"corpus-{turn}-{workers}", workers))
            yield f"{workers} workers: pressing {seconds[workers][-1]:.0f} s, the whole command {time.monotonic() - before:.0f} s"
    yield f"a second worker: {min(seconds[1]) / min(seconds[2]):.2f} times as fast, {os.cpu_count()} cores"


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--archives", type=int, default=10)
    parser.add_argument("--times", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for line in compare(options.archive, Path(folder), options.archives, options.times):
            print(line, flush=True)


if __name__ == "__main__":
    main()
