"""`python -m tests.benchmarks [ARCHIVE]`: reading, isolation, the whole of a shard, and memory once and ten times."""

import sys
import tempfile
from pathlib import Path

from tests.archives import gzip_members, warcinfo
from tests.benchmarks import measures
from tests.demo.archive import record

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "archives" / "news.warc.gz"


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


def main() -> None:
    """Print one line a measure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = Path(sys.argv[1]) if len(sys.argv) > 1 else REAL if REAL.exists() else made_archive(folder)
        print(f"archive {archive.name}, {archive.stat().st_size / 1e6:.1f} MB\n")
        for line in (*measures.reading(archive), *measures.isolation(archive), *measures.whole_shard(archive, folder)):
            print(line, flush=True)
        for line in measures.memory(archive, folder):
            print(line, flush=True)


if __name__ == "__main__":
    main()
