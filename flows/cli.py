"""The command `pressrun`: arguments in, lines and an exit code out. The work is done elsewhere."""

import argparse
import sys
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING

from flows import terminal
from flows.command import start_backfill
from flows.exits import DONE, FAILED, complain, with_exit_code
from flows.parameters import BackfillOrder
from tasks.storage import open_store

if TYPE_CHECKING:
    from tasks.rejected import Wanted

EXAMPLES = """\
examples:
  pressrun backfill crawl/*.warc.gz --into corpus/
  pressrun backfill s3://bucket/warc/ --into s3://bucket/corpus --workers 8
  pressrun backfill crawl/ --into corpus/ --cluster tcp://scheduler:8786
  pressrun audit corpus/
  pressrun show https://example.org/story --in corpus/
  pressrun rejections corpus/ --reason timed_out
  pressrun replay corpus/ --reason timed_out --max-page-cpu-seconds 120

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

    report = audit(open_store(options.root), options.deep)
    _print(terminal.audit_lines(report))
    return DONE if report.closes else FAILED


def _show(options: argparse.Namespace) -> int:
    from tasks.corpus import find_articles  # noqa: PLC0415
    from tasks.rejected import Wanted, find_rejections  # noqa: PLC0415

    store = open_store(options.root)
    blocks = [terminal.article_lines(row) for row in find_articles(store, options.wanted)]
    blocks = blocks or [terminal.rejection_lines(row) for row in find_rejections(store, Wanted(urls=(options.wanted,)))]
    if not blocks:
        return complain(f"no article or rejection in {store.url} has the id or URL {options.wanted}", FAILED)
    for block in blocks:
        _print([*block, ""])
    return DONE


def _status(options: argparse.Namespace) -> int:
    from tasks.corpus import corpus_status  # noqa: PLC0415

    _print(terminal.status_lines(corpus_status(open_store(options.root))))
    return DONE


def _rejections(options: argparse.Namespace) -> int:
    from tasks.rejected import find_rejections  # noqa: PLC0415

    for row in islice(find_rejections(open_store(options.root), _wanted(options)), options.most):
        print(terminal.dead_letter_line(row))
    return DONE


def _replay(options: argparse.Namespace) -> int:
    from tasks.dead_letters import Limits, replay  # noqa: PLC0415

    payload, memory = (None if mb is None else round(mb * 1e6) for mb in (options.max_payload_mb, options.max_page_memory_mb))
    limits = Limits(options.max_page_cpu_seconds, memory, payload)
    report = replay(open_store(options.root), _wanted(options), limits, lambda line: print(line, flush=True))
    _print(terminal.replay_lines(report))
    return FAILED if report.failed else DONE


def _wanted(options: argparse.Namespace) -> "Wanted":
    from tasks.rejected import Wanted  # noqa: PLC0415

    return Wanted(tuple(options.reason), tuple(options.host), tuple(options.url), options.source)


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
    audit.add_argument("--deep", action="store_true", help="look at every byte and every record, in place of a sample")
    _add_dead_letters(commands)
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
    command.add_argument(
        "--format", dest="text_format", choices=("text", "markdown"), help=f"{fields['text_format'].description} (default: text)"
    )
    command.add_argument("--filter", dest="filters", action="append", metavar="NAME=OPTION", help="Filter for texts, repeatable")
    command.add_argument("--no-filter", dest="filters", action="store_const", const=[], help="Keep every text, however short")


def _add_dead_letters(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    found = commands.add_parser("rejections", help="list rejected captures, one a line")
    found.add_argument("--most", type=int, metavar="N", help="stop after so many (default: all)")
    again = commands.add_parser("replay", help="press rejected captures again, with other limits, and replace their outcome")
    for name in ("--max-payload-mb", "--max-page-cpu-seconds", "--max-page-memory-mb"):
        again.add_argument(name, type=float, metavar="X", help="in place of the recipe's limit")
    for command, run in ((found, _rejections), (again, _replay)):
        command.set_defaults(run=run)
        command.add_argument("root", metavar="ROOT", help="root of the corpus: a folder or s3://bucket/prefix")
        for name in ("reason", "host", "url"):
            command.add_argument(
                f"--{name}", action="append", default=[], metavar="X", help=f"only this {name}, repeatable (default: all)"
            )
        command.add_argument("--source", default="", metavar="NAME", help="only this source (default: all)")


if __name__ == "__main__":
    sys.exit(main())
