"""A whole pipeline in a process of its own, from an archive to a file of articles; prints how many articles it wrote, and its memory.

``python tests/benchmarks/pipeline_child.py NAME ARCHIVE FOLDER`` in the environment of the pipeline.
"""

import gzip
import json
import logging
import resource
import sys
from pathlib import Path

from peer_child import peak_megabytes


def datatrove(archive: Path, folder: Path) -> int:
    """datatrove as its examples build it: one task, its own trafilatura and time-out."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.extractors import Trafilatura
    from datatrove.pipeline.readers import WarcReader
    from datatrove.pipeline.writers import JsonlWriter

    steps = [WarcReader(str(archive.parent), glob_pattern=archive.name), Trafilatura(), JsonlWriter(str(folder / "out"))]
    LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=str(folder / "logs")).run()
    written = (gzip.decompress(path.read_bytes()) for path in sorted((folder / "out").glob("*.gz")))
    return sum(bool(json.loads(line)["text"]) for lines in written for line in lines.splitlines())


def plain_loop(archive: Path, folder: Path) -> int:
    """FastWARC and trafilatura, and nothing between them: no decision about charset, type, size or duplicates."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType
    from trafilatura import extract

    articles = 0
    with archive.open("rb") as stream, gzip.open(folder / "out.jsonl.gz", "wt") as out:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            if record.http_headers and record.http_headers.status_code == 200 and "html" in (record.http_content_type or ""):
                text = extract(record.reader.read(), include_comments=False)
                if text:
                    out.write(json.dumps({"url": record.headers["WARC-Target-URI"], "text": text}) + "\n")
                    articles += 1
    return articles


def pressrun(archive: Path, folder: Path, extractor: str) -> int:
    """One shard, with all its columns, rejections and receipt."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tasks.isolation import warm_page_process
    from tasks.plans import plan_archives
    from tasks.press import Watch, press_shard
    from tasks.recipe import Recipe
    from tasks.selection import Selection
    from tasks.storage import open_store

    store, recipe = open_store(str(folder)), Recipe(extractor=extractor)
    receipt = press_shard(store, plan_archives(store, Selection((str(archive),), "bench"), recipe).orders[0], Watch())
    warm_page_process(recipe).close()
    return receipt.counts.articles


def main(name: str, archive: Path, folder: Path) -> None:
    logging.disable(logging.CRITICAL)
    kind, _, component = name.partition(":")
    pipelines = {"datatrove": datatrove, "FastWARC and trafilatura": plain_loop}
    articles = pressrun(archive, folder, component) if kind == "pressrun" else pipelines[kind](archive, folder)
    # The process that extracts lives beside the one that reads and writes.
    print(articles, peak_megabytes() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
