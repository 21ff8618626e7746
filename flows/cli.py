"""The command `pressrun`: arguments in, lines and an exit code out. The work is done elsewhere."""

import argparse
import sys
from importlib.metadata import version

from flows import terminal
from flows.command import start_backfill
from flows.exits import DONE, FAILED, complain, with_exit_code
from flows.parameters import BackfillOrder
from tasks.storage import open_store

EXAMPLES = """\
examples:
  pressrun backfill crawl/*.warc.gz --into corpus/
  pressrun backfill s3://bucket/warc/ --into s3://bucket/corpus --workers 8
  pressrun backfill crawl/ --into corpus/ --cluster tcp://scheduler:8786
  pressrun audit corpus/
  pressrun show https://example.org/story --in corpus/

S3 takes the usual variables: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL.
exit codes: 0 done, 1 some of it failed, 2 a setting or an address has to be changed first, 130 interrupted
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; every error that a person can mend is one line on standard error."""
    options = _parser().parse_args(arguments)
    return with_exit_code(lambda: options.run(options))


def _print(lines: list[str]) -> None:
    print("\n".join(lines))


def _backfill(options: argparse.Namespace) -> int:
    given = {name: value for name, value in vars(options).items() if name in BackfillOrder.model_fields and value is not None}
    return start_backfill(BackfillOrder(**given))


def _audit(options: argparse.Namespace) -> int:
    from tasks.audit import audit  # noqa: PLC0415

    report = audit(open_store(options.root))
    _print(terminal.audit_lines(report))
    return DONE if report.closes else FAILED


def _show(options: argparse.Namespace) -> int:
    from tasks.corpus import find_articles, find_rejections  # noqa: PLC0415

    store = open_store(options.root)
    blocks = [terminal.article_lines(row) for row in find_articles(store, options.wanted)]
    blocks = blocks or [terminal.rejection_lines(row) for row in find_rejections(store, options.wanted)]
    if not blocks:
        return complain(f"no article or rejection in {store.url} has the id or URL {options.wanted}", FAILED)
    for block in blocks:
        _print([*block, ""])
    return DONE


def _status(options: argparse.Namespace) -> int:
    from tasks.corpus import corpus_status  # noqa: PLC0415

    _print(terminal.status_lines(corpus_status(open_store(options.root))))
    return DONE


def _reasons(_: argparse.Namespace) -> int:
    _print(terminal.reason_lines())
    return DONE


def _parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    about = "Turns the news, live or archived, into a clean article corpus on object storage."
    parser = argparse.ArgumentParser("pressrun", description=about, epilog=EXAMPLES, formatter_class=style)
    parser.add_argument("--version", action="version", version=f"pressrun {version('pressrun')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_backfill(commands.add_parser("backfill", help="press archives into articles", epilog=EXAMPLES, formatter_class=style))
    audit = commands.add_parser("audit", help="prove from the store that every capture has exactly one outcome")
    show = commands.add_parser("show", help="print an article, or why there is none, and where it came from")
    show.add_argument("wanted", metavar="URL-or-id")
    status = commands.add_parser("status", help="say what a corpus holds")
    for command, run, flags in ((audit, _audit, ("root",)), (status, _status, ("root",)), (show, _show, ("--in",))):
        extra = {"dest": "root", "required": True} if flags == ("--in",) else {}
        command.add_argument(*flags, metavar="ROOT", help="root of the corpus: a folder or s3://bucket/prefix", **extra)  # type: ignore[arg-type]
        command.set_defaults(run=run)
    commands.add_parser("reasons", help="list why captures are rejected").set_defaults(run=_reasons)
    return parser


def _add_backfill(command: argparse.ArgumentParser) -> None:
    """Every field of the order is an option of the same name; its help is the field's own description."""
    command.set_defaults(run=_backfill)
    fields = BackfillOrder.model_fields
    command.add_argument("archives", nargs="+", metavar="ARCHIVES", help=fields["archives"].description)
    command.add_argument("--into", required=True, metavar="ROOT", help=fields["into"].description)
    for name in (
        "source",
        "extractor",
        "cluster",
        "workers",
        "reprocess",
        "max_payload_mb",
        "max_page_cpu_seconds",
        "part_articles",
        "window_shards",
    ):
        default = "one a core" if fields[name].default is None else fields[name].default
        command.add_argument(f"--{name.replace('_', '-')}", metavar="X", help=f"{fields[name].description} (default: {default})")
    command.add_argument("--filter", dest="filters", action="append", metavar="NAME=OPTION", help="Filter for texts, repeatable")
    command.add_argument("--no-filter", dest="filters", action="store_const", const=[], help="Keep every text, however short")


if __name__ == "__main__":
    sys.exit(main())
