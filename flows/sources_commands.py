"""`pressrun sources`: check a file of sources against the web, make one out of OPML, or OPML out of one."""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from flows.exits import DONE, FAILED, complain
from flows.sources_file import agent_of, read_sources
from tasks.errors import FixTheRun
from tasks.opml import Outline, read_opml, write_opml
from tasks.sites import Agenda
from tasks.storage import NotFound, Store, check_writable, open_object, open_store, shown

MOST_NAME_CHARS = 200
MOST_SITES_NAMED = 5
MOST_MINUTES = 1_440

EXAMPLES = """\
examples:
  pressrun sources check sources.toml
  pressrun sources check sources.toml --in s3://bucket/corpus      # asks what is due there
  pressrun sources import feeds.opml --name examplebot --contact https://example.org/bot > sources.toml
  pressrun sources export sources.toml > feeds.opml
"""


def add_sources(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the parser."""
    style = argparse.RawDescriptionHelpFormatter
    about = "check the sources of collect, import them from OPML, export them"
    kinds = commands.add_parser("sources", help=about, epilog=EXAMPLES, formatter_class=style).add_subparsers(required=True)
    check = kinds.add_parser("check", help="ask every source once and say what is wrong with it")
    check.add_argument("file", metavar="SOURCES.toml")
    check.add_argument("--in", dest="root", metavar="ROOT", help="corpus whose state is kept to (default: none, nothing is kept)")
    check.add_argument("--minutes", type=float, default=10, metavar="X", help="stop asking after so many minutes (default: 10)")
    check.set_defaults(run=_check)
    taken = kinds.add_parser("import", help="print sources.toml for the feeds in an OPML file")
    taken.add_argument("file", metavar="FEEDS.opml")
    taken.add_argument("--name", default="examplebot", help="the name that robots.txt files know you by")
    taken.add_argument("--contact", default="https://example.org/bot", help="where a site reaches you")
    taken.set_defaults(run=_import)
    given = kinds.add_parser("export", help="print the feeds and home pages of a sources.toml as OPML")
    given.add_argument("file", metavar="SOURCES.toml")
    given.set_defaults(run=_export)


def _check(options: argparse.Namespace) -> int:
    if not 0 < options.minutes <= MOST_MINUTES:
        raise FixTheRun(f"minutes: it has to be a number above 0, and {MOST_MINUTES:,} at most")
    agenda = read_sources(options.file)
    with tempfile.TemporaryDirectory(prefix="pressrun-check-") as folder:
        store = open_store(options.root or folder)
        check_writable(store)
        return _check_in(store, agenda, options.minutes)


def _check_in(store: Store, agenda: Agenda, minutes: float) -> int:
    from tasks.collecting.checking import check_sources  # noqa: PLC0415  (the client is imported for this only)

    deadline = datetime.now(UTC) + timedelta(minutes=minutes)
    print(f"asking {sum(1 for _ in agenda.sites)} sites as {agenda.agent.user_agent} ...", file=sys.stderr, flush=True)
    checked = check_sources(store, agenda, deadline)
    wrong = 0
    for source in checked:
        wrong += bool(source.problem)
        newest = f"newest {source.newest_at:%Y-%m-%d %H:%M} UTC, " if source.newest_at else ""
        rate = f"{newest}{source.seen_items} dated items, about {source.items_a_day:.1f} a day"
        print(f"{'PROBLEM' if source.problem else 'ok':<8}{source.site}: {source.kind} {source.url}")
        print(f"        robots.txt: {source.robots}; {source.problem or rate}")
    print(f"{len(checked)} sources, {wrong} with problems")
    return FAILED if wrong else DONE


def _import(options: argparse.Namespace) -> int:
    agent = agent_of(options.name, options.contact)
    left_out = Counter[str]()
    store, key = open_object(options.file)
    try:
        outlines = read_opml(store.read(key), lambda why: left_out.update([why]))
    except NotFound:
        raise FixTheRun(f"there is no {shown(options.file)}") from None
    for why, number in sorted(left_out.items()):
        _note(f"{number} address{'es are' if number > 1 else ' is'} left out: {why}")
    if not outlines:
        return complain(f"{shown(options.file)} holds no feeds", FAILED)
    print("\n".join(_toml(outlines, agent.name, agent.contact)))
    return DONE


def _note(line: str) -> None:
    print(f"note: {line}", file=sys.stderr, flush=True)


def _toml(outlines: Iterable[Outline], name: str, contact: str) -> Iterable[str]:
    """Strings of JSON are strings of TOML."""
    yield from ("[agent]", f"name = {_quoted(name)}", f"contact = {_quoted(contact)}")
    taken: set[str] = set()
    for outline in outlines:
        name = _unique(outline.title or outline.feed_url or outline.home_url, taken)
        taken.add(name)
        yield from ("", "[[site]]", f"name = {_quoted(name)}")
        if outline.feed_url:
            yield f"feeds = [{_quoted(outline.feed_url)}]"
        else:
            yield f"home = {_quoted(outline.home_url)}"
        if outline.language:
            yield f"language = {_quoted(outline.language)}"


def _unique(title: str, taken: set[str]) -> str:
    """A title as the name of a site, with a number where another one has it."""
    ends = ("", *(f" ({number})" for number in range(2, len(taken) + 2)))
    return next(name for end in ends if (name := title[: MOST_NAME_CHARS - len(end)] + end) not in taken)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _export(options: argparse.Namespace) -> int:
    agenda = read_sources(options.file)
    outlines = [Outline(site.name, feed, site.home, site.language) for site in agenda.sites for feed in site.feeds or [""]]
    lost = [site.name for site in agenda.sites if not site.feeds and not site.home]
    partly = [site.name for site in agenda.sites if site.name not in lost and (site.sitemaps or site.urls)]
    for names, what in ((lost, "left out"), (partly, "without their sitemaps and lists of addresses")):
        if names:
            more = f" and {len(names) - MOST_SITES_NAMED} more" if len(names) > MOST_SITES_NAMED else ""
            _note(f"OPML holds feeds and home pages alone: {what}: {', '.join(names[:MOST_SITES_NAMED])}{more}")
    outlines = [outline for outline in outlines if outline.feed_url or outline.home_url]
    sys.stdout.write(write_opml(outlines).decode())
    return DONE
