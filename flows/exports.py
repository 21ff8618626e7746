"""`pressrun export` and `pressrun editions`: ways out of a curated corpus."""

import argparse

from flows.exits import DONE
from tasks.components import component_names
from tasks.errors import FixTheRun
from tasks.storage import open_store

EXAMPLES = """\
examples:
  pressrun editions s3://bucket/corpus
  pressrun export jsonl s3://bucket/corpus --out s3://bucket/jsonl
  pressrun export huggingface corpus/ --edition spring --originals --language en --out hub/
  hf upload --repo-type dataset NAME/corpus hub/
"""


def add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the parser."""
    style = argparse.RawDescriptionHelpFormatter
    about = "write an edition as JSON lines, as plain text, or as a folder for the Hugging Face Hub"
    command = commands.add_parser("export", help=about, epilog=EXAMPLES, formatter_class=style)
    command.add_argument("kind", choices=component_names("exporting.kinds"), help="what to write")
    _add_root(command)
    command.add_argument("--edition", default="", metavar="NAME", help="which edition (default: the newest)")
    command.add_argument(
        "--out", required=True, metavar="PLACE", help="a folder or s3://bucket/prefix; an earlier export is replaced"
    )
    command.add_argument("--columns", choices=("all", "fineweb"), default="all", help="all (default), or FineWeb's alone")
    command.add_argument("--originals", action="store_true", help="of every cluster of copies the first alone")
    more = "only this language, an ISO 639 code, repeatable (default: all)"
    command.add_argument("--language", action="append", default=[], metavar="CODE", help=more)
    size = "begin a new file after so many megabytes, unpacked (default: 400)"
    command.add_argument("--file-mb", type=float, default=400, metavar="X", help=size)
    command.set_defaults(run=_export)
    listed = commands.add_parser("editions", help="list the editions of a corpus")
    _add_root(listed)
    listed.set_defaults(run=_editions)


def _add_root(command: argparse.ArgumentParser) -> None:
    command.add_argument("root", metavar="ROOT", help="root of the corpus: a folder or s3://bucket/prefix")


def _export(options: argparse.Namespace) -> int:
    from tasks.edition_rows import Choice  # noqa: PLC0415  (Arrow is imported for this only)
    from tasks.exporting.making import export, newest_edition  # noqa: PLC0415
    from tasks.exporting.orders import ExportOrder  # noqa: PLC0415

    if not 1 <= options.file_mb <= 4_000:
        raise FixTheRun(f"--file-mb {options.file_mb:g}: it must be between 1 and 4,000")
    store = open_store(options.root)
    choice = Choice(options.originals, tuple(sorted(set(options.language))))
    name = options.edition or newest_edition(store)
    order = ExportOrder(name, options.kind, options.columns, choice, round(options.file_mb * 1e6))
    made = export(store, order, options.out, lambda line: print(line, flush=True))
    files, rows = len(made.receipt.files), made.receipt.rows
    done = "was there already: " if made.was_done else ""
    print(f"{done}{rows:,} articles of the edition {name} in {files} files, {made.size_bytes / 1e6:,.1f} MB: {made.place}")
    return DONE


def _editions(options: argparse.Namespace) -> int:
    from tasks.exporting.making import all_editions  # noqa: PLC0415
    from tasks.shards import check_corpus  # noqa: PLC0415

    store = open_store(options.root)
    check_corpus(store)
    editions = all_editions(store)
    for edition in editions:
        counts, size = edition.counts, sum(file.size_bytes for file in edition.files)
        copies = counts.clustered - counts.clusters
        told = f"{counts.kept:>11,} articles {copies:>10,} copies {size / 1e6:>11,.1f} MB  {store.url}/curated/{edition.name}"
        print(f"{edition.name:<20} {edition.finished_at[:16].replace('T', ' ')}  {told}")
    if not editions:
        print("no edition yet: `pressrun curate` makes one")
    return DONE
