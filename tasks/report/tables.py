"""The tables of the page: what a person has to look after first, then sites, sources, runs and recipes."""

from collections.abc import Iterable
from dataclasses import dataclass

from tasks.collecting.ledger import Fate
from tasks.report.charts import number, share
from tasks.report.facts import Facts

MOST_ROWS, MOST_ROWS_OF_WORDS = 100, 25
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the page: the first ``words`` columns are words, the others numbers; ``left_out``: how many rows are not shown."""

    title: str
    caption: str
    heads: Row
    rows: tuple[Row, ...]
    words: int = 1
    left_out: str = ""


def _table(title: str, caption: str, heads: Row, rows: Iterable[Row], words: int = 1) -> Table:
    found = tuple(rows)
    most = MOST_ROWS if words < len(heads) else MOST_ROWS_OF_WORDS
    return Table(title, caption, heads, found[:most], words, number(len(found) - most) if len(found) > most else "")


def urgent_tables(facts: Facts) -> list[Table]:
    """What failed, what cannot be read, which sources are in trouble; nothing where all is well."""
    found = []
    if facts.failed:
        failed = ((one.name, one.source, one.why, one.remedy) for one in facts.failed)
        found.append(_table("Failed", f"{number(len(facts.failed))} in all", ("what", "source", "why", "what to do"), failed, 4))
    if facts.faults:
        caption = "What these would have told is missing below; `pressrun audit` checks the whole corpus"
        found.append(
            _table("Odd or damaged", caption, ("object, and what is wrong with it",), ((fault,) for fault in facts.faults))
        )
    if facts.collected.notes:
        noted = ((note.site, note.url, note.what) for note in facts.collected.notes)
        found.append(_table("Sources to look at", "As of the latest run of collect", ("site", "source", "what"), noted, 3))
    return found


def tables(facts: Facts) -> list[Table]:
    """Sites, sources of captures, runs and recipes."""
    return [*_sites(facts), *_sources(facts), *_runs(facts), *_recipes(facts)]


def _sites(facts: Facts) -> list[Table]:
    collected = facts.collected
    if not collected.runs:
        return []
    fates = [fate.value for fate in Fate]
    ordered = sorted(collected.sites.items(), key=lambda one: (-one[1].get(Fate.FETCHED.value, 0), one[0]))
    rows = ((site, *(number(counts.get(fate, 0)) for fate in fates)) for site, counts in ordered)
    of = (
        ""
        if facts.run
        else f", the latest {collected.runs} runs of collect"
        if collected.runs > 1
        else ", the latest run of collect"
    )
    caption = f"Addresses, by what became of them{of}; {number(collected.requests)} requests were made"
    return [_table("Sites", caption, ("site", *(fate.replace("_", " ") for fate in fates)), rows)]


def _sources(facts: Facts) -> list[Table]:
    found = sorted(facts.work.sources.items())
    rows = (
        (name, number(one.captures), number(one.articles), number(one.rejected), share(one.articles, one.captures))
        for name, one in found
    )
    heads = ("source", "captures", "articles", "rejections", "articles, share")
    return [_table("Sources of captures", "Captures and what became of them", heads, rows)] if found else []


def _runs(facts: Facts) -> list[Table]:
    if facts.run:
        return []
    rows = (
        (
            f"{run.started:%Y-%m-%d %H:%M}",
            run.what,
            run.run_id,
            number(run.counts.captures),
            number(run.counts.articles),
            number(run.seconds),
            number(run.counts.captures / max(1.0, run.seconds)),
            number(run.failed),
        )
        for run in facts.runs
    )
    heads = ("started, UTC", "what", "run", "captures", "articles", "seconds", "captures/s", "failed")
    return [_table("Latest runs", f"The latest {len(facts.runs)}, newest first", heads, rows, 3)] if facts.runs else []


def _recipes(facts: Facts) -> list[Table]:
    used = sorted(facts.work.recipes.items(), key=lambda one: -one[1].shards)
    rows = ((name, use.extractor, use.version, use.filters, number(use.shards)) for name, use in used)
    caption = "What decided the articles: archives by the recipe that pressed them"
    return [_table("Recipe", caption, ("recipe", "extractor", "version", "filters", "archives"), rows, 4)] if used else []
