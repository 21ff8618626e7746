"""The command `pressrun`: arguments in, lines and an exit code out. The work is done elsewhere."""

import argparse
import sys
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING

from flows import calendar, terminal
from flows.alarms import add_alarms
from flows.collected import address_lines
from flows.command import show_plan, start_backfill, start_collect
from flows.comparison import add_diff
from flows.curating import add_curate
from flows.doctor import add_doctor
from flows.exits import DONE, FAILED, complain, with_exit_code
from flows.exports import add_export
from flows.options import add_backfill_order, add_collect_order, order_of
from flows.parameters import BackfillOrder, CollectOrder
from flows.removals import add_removals, told_of
from flows.server import add_server
from flows.serving import add_serve
from flows.sources_commands import add_sources
from tasks.storage import open_store

if TYPE_CHECKING:
    from tasks.rejected import Wanted

EXAMPLES = """\
examples:
  pressrun backfill crawl/*.warc.gz --into corpus/
  pressrun backfill s3://bucket/warc/ --into s3://bucket/corpus --workers 8
  pressrun backfill crawl/ --into corpus/ --cluster tcp://scheduler:8786
  pressrun plan ccnews --since 2024-12-01 --until 2024-12-08 --into s3://bucket/corpus
  pressrun backfill ccnews --since 2024-12-01 --until 2024-12-08 --into s3://bucket/corpus --only-hosts hosts.txt
  pressrun backfill common-crawl --crawl CC-MAIN-2024-51 --hosts hosts.txt --into s3://bucket/corpus
  pressrun collect sources.toml --into s3://bucket/corpus
  pressrun curate s3://bucket/corpus
  pressrun calendar s3://bucket/corpus
  pressrun serve infra/prefect.yaml
  pressrun alarms infra/alarms.yaml --webhook-from PRESSRUN_WEBHOOK_URL
  pressrun diff corpus/ --recipe balanced thorough
  pressrun audit corpus/
  pressrun report corpus/ --run latest
  pressrun show https://example.org/story --in corpus/
  pressrun rejections corpus/ --reason timed_out
  pressrun replay corpus/ --reason timed_out --max-page-cpu-seconds 120
  pressrun export huggingface corpus/ --out hub/
  pressrun remove corpus/ --url https://example.org/story --why "asked by its subject"
  pressrun doctor s3://bucket/corpus --cluster tcp://scheduler:8786

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
    return start_backfill(order_of(options, BackfillOrder))


def _collect(options: argparse.Namespace) -> int:
    return start_collect(order_of(options, CollectOrder))


def _plan(options: argparse.Namespace) -> int:
    return show_plan(order_of(options, BackfillOrder))


def _backfills(options: argparse.Namespace) -> int:
    from tasks.progress import progress_of_all  # noqa: PLC0415

    _print(calendar.backfill_lines(progress_of_all(open_store(options.root))))
    return DONE


def _calendar(options: argparse.Namespace) -> int:
    from tasks.progress import progress_of_all  # noqa: PLC0415

    _print(calendar.calendar_lines(progress_of_all(open_store(options.root), options.name), every_day=options.every_day))
    return DONE


def _audit(options: argparse.Namespace) -> int:
    from tasks.audit import audit  # noqa: PLC0415

    report = audit(open_store(options.root), options.deep)
    _print(terminal.audit_lines(report))
    return DONE if report.closes else FAILED


def _show(options: argparse.Namespace) -> int:
    from tasks.collecting.finding import last_line  # noqa: PLC0415
    from tasks.corpus import find_articles  # noqa: PLC0415
    from tasks.rejected import Wanted, find_rejections  # noqa: PLC0415

    store = open_store(options.root)
    blocks = [terminal.article_lines(row) for row in find_articles(store, options.wanted)]
    blocks = blocks or [terminal.rejection_lines(row) for row in find_rejections(store, Wanted(urls=(options.wanted,)))]
    if not blocks and (line := last_line(store, options.wanted)):
        blocks = [address_lines(line)]
    blocks += [told] if (told := told_of(store, options.wanted)) else []
    if not blocks:
        return complain(f"no article or rejection in {store.url} has the id or URL {options.wanted}", FAILED)
    for block in blocks:
        _print([*block, ""])
    return DONE


def _status(options: argparse.Namespace) -> int:
    from tasks.corpus import corpus_status  # noqa: PLC0415

    _print(terminal.status_lines(corpus_status(open_store(options.root))))
    return DONE


def _report(options: argparse.Namespace) -> int:
    from tasks.report.making import make_report  # noqa: PLC0415

    print(make_report(open_store(options.root), options.run_id, options.out).place)
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
    _add_runs(commands, style)
    _add_looks(commands)
    add_curate(commands)
    add_export(commands)
    add_sources(commands)
    add_serve(commands)
    add_server(commands)
    add_alarms(commands)
    add_doctor(commands)
    _add_dead_letters(commands)
    add_removals(commands)
    add_diff(commands)
    commands.add_parser("reasons", help="list why captures are rejected").set_defaults(run=_reasons)
    return parser


def _add_runs(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", style: type[argparse.HelpFormatter]) -> None:
    for name, run, add, about in (
        ("backfill", _backfill, add_backfill_order, "press archives into articles"),
        ("plan", _plan, add_backfill_order, "say what the same backfill would do: files, bytes, gaps, what is done, its cost"),
        ("collect", _collect, add_collect_order, "fetch what news sites have published since, politely, and press it"),
    ):
        command = commands.add_parser(name, help=about, epilog=EXAMPLES, formatter_class=style)
        add(command)
        command.set_defaults(run=run)


def _add_looks(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = commands.add_parser("audit", help="prove from the store that every capture has exactly one outcome")
    show = commands.add_parser("show", help="print an article, or why there is none, and where it came from")
    show.add_argument("wanted", metavar="URL-or-id")
    status = commands.add_parser("status", help="say what a corpus holds")
    backfills = commands.add_parser("backfills", help="list the backfills of a corpus and how far they are")
    days = commands.add_parser("calendar", help="say for every day what was planned, done, failed, and what is missing upstream")
    page = commands.add_parser("report", help="write a page with the sums and plots of a corpus, or of one of its runs")
    roots = ((audit, _audit), (status, _status), (backfills, _backfills), (days, _calendar), (page, _report))
    for command, run, flags in (*((command, run, ("root",)) for command, run in roots), (show, _show, ("--in",))):
        extra = {"dest": "root", "required": True} if flags == ("--in",) else {}
        command.add_argument(*flags, metavar="ROOT", help="root of the corpus: a folder or s3://bucket/prefix", **extra)  # type: ignore[arg-type]
        command.set_defaults(run=run)
    audit.add_argument("--deep", action="store_true", help="look at every byte and every record, in place of a sample")
    days.add_argument("--name", default="", metavar="NAME", help="only this backfill (default: all)")
    days.add_argument("--every-day", action="store_true", help="a line for whole days, too")
    page.add_argument("--run", dest="run_id", default="", metavar="ID", help="one run: its id, the beginning of it, or latest")
    page.add_argument("--out", default="", metavar="FILE", help="write this local file, and nothing to the corpus")


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
