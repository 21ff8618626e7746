"""`pressrun remove`: take something down for good; `pressrun removals`: what was, when and why."""

import argparse
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.exits import DONE, FAILED
from tasks.storage import open_store

if TYPE_CHECKING:
    from tasks.removals import Removal
    from tasks.storage import Store
    from tasks.taking_out.removing import RemovalReport

MOST_SHOWN = 20

EXAMPLES = """\
examples:
  pressrun remove corpus/ --url https://example.org/story --why "the person asked, ticket 12"
  pressrun remove s3://bucket/corpus --host example.org --dry-run       # says what would go, and writes nothing
  pressrun remove corpus/ --id 0123456789abcdef0123456789abcdef
  pressrun removals corpus/

The text leaves articles, captures below ROOT and editions, and what is named stays out of all later runs. Stopped on the way, the
same command goes on. What lies outside ROOT (archives, exports, copies) is named where it is known, and not touched.
exit codes: 0 done, 1 some of it could not be done yet, 2 something has to be changed first
"""


def add_removals(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the parser."""
    style = argparse.RawDescriptionHelpFormatter
    about = "take addresses, hosts or articles out of a corpus, and keep them out"
    command = commands.add_parser("remove", help=about, epilog=EXAMPLES, formatter_class=style)
    listed = commands.add_parser("removals", help="list what was taken out of a corpus, when and why", formatter_class=style)
    for parser, run in ((command, _remove), (listed, _removals)):
        parser.add_argument("root", metavar="ROOT", help="root of the corpus: a folder or s3://bucket/prefix")
        parser.set_defaults(run=run)
    for name, meaning in (
        ("url", "this whole address (https://...; http:// is the same), however it is spelled, and pages that call it their own"),
        ("host", "all of this host and the hosts below it"),
        ("id", "this article, as `pressrun show` prints its id"),
    ):
        command.add_argument(f"--{name}", action="append", default=[], metavar="X", help=f"{meaning}; repeatable")
    command.add_argument("--why", default="", metavar="TEXT", help="kept with the record")
    command.add_argument("--dry-run", action="store_true", help="only say what is there")


def _remove(options: argparse.Namespace) -> int:
    from tasks.removals import removal_of  # noqa: PLC0415
    from tasks.taking_out.removing import remove  # noqa: PLC0415  (Arrow is imported for work only)

    asked = replace(removal_of(options.url, options.host, options.id), why=options.why)
    store = open_store(options.root)
    report = remove(store, asked, datetime.now(UTC), lambda line: print(line, flush=True), is_dry=options.dry_run)
    print("\n".join(report_lines(store.url, report)))
    return FAILED if report.failed else DONE


def _removals(options: argparse.Namespace) -> int:
    from tasks.removals import read_removals  # noqa: PLC0415
    from tasks.shards import check_corpus  # noqa: PLC0415

    store = open_store(options.root)
    check_corpus(store)
    found = read_removals(store)
    lines = [line for removal in found for line in removal_lines(removal)]
    print("\n".join(lines or ["nothing was ever taken out of this corpus"]))
    return DONE


def removal_lines(removal: "Removal") -> list[str]:
    """A removal for reading: when, what, why, and how much it was."""
    names = [("url", removal.urls), ("host", removal.hosts), ("id", removal.ids)]
    state = "" if removal.is_done else "; NOT DONE: start the same `pressrun remove` again"
    return [
        f"{removal.id}  asked for on {removal.asked_at.replace('T', ' ')[:16]} UTC: {removal.why or 'no reason given'}",
        *(f"  {kind:<5} {line}" for kind, some in names for line in _shown(some)),
        f"  took out {_numbers(removal.taken) or 'nothing: there was none'}{state}",
    ]


def told_of(store: "Store", wanted: str) -> list[str]:
    """Lines on the removals that name an address or an id; none where nobody asked."""
    from tasks.removals import removals_of  # noqa: PLC0415

    return [
        f"  {line}" for removal in removals_of(store, wanted) for line in ("taken out of this corpus:", *removal_lines(removal))
    ]


def report_lines(root: str, report: "RemovalReport") -> list[str]:
    """What was found, what was done with it, and what is left to do by hand."""
    found = _numbers(report.taken) or "nothing"
    if report.is_dry:
        lines = [f"would take out {found}; nothing was written"]
    else:
        lines = [f"took out {found}; removal {report.removal.id} keeps it out of later runs"]
    lines += [
        f"  edition {name}: {rows:,} rows; its clusters are counted anew by the next curate"
        for name, rows in report.editions.items()
    ]
    lines += [f"  {name} has to be pressed again: start its backfill or collect" for name in _shown(report.unfinished)]
    lines += [f"  held by a run now, or left by one that was killed: {name}" for name in _shown(report.at_work)]
    lines += ["  a run that began before this removal does not know of it: start this command again when it is over"] * bool(
        report.at_work
    )
    if report.waiting and report.removal.urls:
        lines += [
            f"  {report.waiting:,} files of captures wait to be pressed: a page there that calls such an address its own",
            "  will be kept out, but not its capture: start this command again after the next collect",
        ]
    lines += [f"  lies in {address}: take it out there, too" for address in _shown(sorted(report.elsewhere))]
    if report.taken:
        lines.append(f"  feeds and sitemaps ({root}/captures/*/*/*-signs.warc.gz) are left as they are: they may hold summaries")
        lines.append(
            "  exports, copies and backups of the corpus, and old versions that the store keeps, are not reached from here"
        )
    return [*lines, *(f"FAILED {name}: {why}" for name, why in report.failed.items())]


def _numbers(taken: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {kind}" for kind, number in sorted(taken.items()))


def _shown(names: Iterable[str]) -> list[str]:
    every = list(names)
    return every[:MOST_SHOWN] + ([f"and {len(every) - MOST_SHOWN} more"] if len(every) > MOST_SHOWN else [])
