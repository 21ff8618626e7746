"""`pressrun curate`: an edition of a corpus, made or brought up to date."""

import argparse
import sys

from flows.command import QUIET, become_shielded, run_shielded, say, show_progress
from flows.edition_order import CurateOrder
from flows.exits import DONE, INTERRUPTED, complain, with_exit_code
from flows.options import add_field, order_of
from tasks.curating.editing import plan_edition
from tasks.curating.line_table import read_line_table
from tasks.editions import Edition, read_edition
from tasks.storage import check_writable, open_store

# Fields whose option has another form than --field X.
OWN_FORM = {"into", "filters", "mask"}

EXAMPLES = """\
examples:
  pressrun curate s3://bucket/corpus                                   # curated/main/: every story, copies marked
  pressrun curate corpus/ --edition originals --keep originals         # one article of each story
  pressrun curate corpus/ --edition english --filter languages=en --filter min_words=50 --mask email --mask phone
  pressrun curate corpus/ --overrules lines.toml                       # what is always cut, and never

The same command again brings the edition up to date: it costs what is new, and the files that change by it.
"""


def add_curate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    about = "make one corpus out of many runs: copies marked, repeated lines cut, large files by month"
    style = argparse.RawDescriptionHelpFormatter
    command = commands.add_parser("curate", help=about, epilog=EXAMPLES, formatter_class=style)
    fields = CurateOrder.model_fields
    command.add_argument("into", metavar="ROOT", help=fields["into"].description)
    for name in fields:
        if name not in OWN_FORM:
            add_field(command, name, fields[name])
    command.add_argument("--filter", dest="filters", action="append", metavar="NAME=OPTION", help="Filter for articles, repeatable")
    command.add_argument("--no-filter", dest="filters", action="store_const", const=[], help="Keep every text, however short")
    command.add_argument("--mask", action="append", choices=("email", "phone", "ip"), help="Personal data to mask, repeatable")
    command.set_defaults(run=_start)
    lines = commands.add_parser("lines", help="list the repeated lines that an edition has taken out of its texts, by site")
    lines.add_argument("root", metavar="ROOT", help=fields["into"].description)
    lines.add_argument("--edition", default="main", metavar="NAME", help="the edition (default: main)")
    lines.add_argument("--site", default="", metavar="DOMAIN", help="only this site (default: all)")
    lines.add_argument("--least", type=int, default=1, metavar="N", help="only lines that were taken out so often (default: 1)")
    lines.set_defaults(run=_lines)


def _start(options: argparse.Namespace) -> int:
    """Check all that can be wrong, and have the flow run in a process of its own; raises FixTheRun."""
    order = order_of(options, CurateOrder)
    store = open_store(order.into)
    plan = plan_edition(store, order.edition, order.recipe(), is_whole=order.whole)
    if plan.is_done:
        say([f"nothing to do: edition {plan.name} has all {plan.articles:,} articles by these rules"])
        return DONE
    new = sum(batch.rows for batch in plan.batches.new)
    say([f"{plan.articles:,} articles at {store.url}, {new:,} not looked at yet, into {store.url}/curated/{plan.name}"])
    check_writable(store)
    from flows.runners import check_cluster, choose_cluster  # noqa: PLC0415  (Dask is imported for work only)

    check_cluster(choose_cluster(order.cluster, order.workers))
    say(["starting Prefect and Dask ..."])
    return run_shielded(["from flows.curating import run_curate; run_curate()", order.model_dump_json()], QUIET)


def _lines(options: argparse.Namespace) -> int:
    store = open_store(options.root)
    read_edition(store, options.edition)
    for row in read_line_table(store, options.edition).to_pylist():
        if row["times"] >= options.least and options.site in {"", row["site"]}:
            print(f"{row['times']:>8,}  {row['rule']:<8} {row['site']:<30} {row['line'][:300]}")
    return DONE


def run_curate() -> None:
    """The shielded process: run the flow of the order in the first argument, print its end, leave with its exit code."""
    become_shielded()
    show_progress()
    sys.exit(with_exit_code(lambda: _curate(CurateOrder.model_validate_json(sys.argv[1]))))


def _curate(order: CurateOrder) -> int:
    from flows.curate import curate  # noqa: PLC0415  (imports Prefect)

    state = curate(order, return_state=True)
    if state.is_cancelled() or not state.is_final():
        return complain(str(state.message), INTERRUPTED)
    edition = state.result()
    assert isinstance(edition, Edition)  # noqa: S101  (a flow's result has no type)
    say(edition_lines(open_store(order.into).url, edition))
    return DONE


def edition_lines(root: str, edition: Edition) -> list[str]:
    """What an edition holds, and how it is opened."""
    counts, place = edition.counts, f"{root}/curated/{edition.name}"
    size = sum(file.size_bytes for file in edition.files)
    aside = (f"  {number:>10,}  {reason}" for reason, number in sorted(counts.set_aside.items(), key=lambda each: -each[1]))
    return [
        f"{counts.read:,} articles read = {counts.kept:,} kept + {sum(counts.set_aside.values()):,} set aside",
        *aside,
        f"{counts.clusters:,} stories have copies, {counts.clustered:,} articles among them",
        f"{counts.cut_lines:,} repeated lines of sites were taken out of texts",
        f"{len(edition.files):,} files, {size / 1e6:,.1f} MB: {place}/articles/month=*/*.parquet",
    ]
