"""What collect and the commands for sources print."""

from collections.abc import Sequence

from tasks.collecting.ledger import Fate, Line
from tasks.collecting.orders import VisitReceipt, add_outcomes, outcomes_by_site

MOST_SITES, MOST_NOTES = 40, 20
MEANINGS = {
    Fate.FETCHED: "fetched and stored as WARC",
    Fate.SEEN: "known already",
    Fate.DEFERRED: "put off to a later run, with a date",
    Fate.DISALLOWED: "robots.txt says no",
    Fate.FAILED: "no page came; most are tried again",
    Fate.OPTED_OUT: "the answer says that it is not to be kept",
    Fate.REMOVED: "somebody asked for it to be taken out",
    Fate.LEFT_OUT: "too old, or not wanted by the site's patterns",
}


def collected_lines(receipts: Sequence[VisitReceipt]) -> list[str]:
    """What became of every address that was found, by site, and what is wrong with sources."""
    total = add_outcomes(receipts)
    requests = sum(receipt.run["requests"] for receipt in receipts)
    lines = ["", f"{_sources(total)}; {total.get('announced', 0):,} addresses announced, {requests:,} requests made"]
    lines += [f"  {fate.replace('_', ' '):<12} {total[fate]:>9,}   {MEANINGS[fate]}" for fate in Fate if total.get(fate)]
    sites = {
        site: counts for site, counts in outcomes_by_site(receipts).items() if counts.get(Fate.FETCHED) or counts.get(Fate.FAILED)
    }
    if 1 < len(sites) <= MOST_SITES:
        lines += ["", f"  {'site':<32} {'fetched':>9} {'failed':>9} {'deferred':>9}"]
        lines += [f"  {site[:32]:<32} {_columns(counts)}" for site, counts in sites.items()]
    notes = [note for receipt in receipts for note in receipt.notes]
    lines += [f"  {note.site}: {note.url}: {note.what}" for note in notes[:MOST_NOTES]]
    lines += [f"  and {len(notes) - MOST_NOTES} more such sources"] if len(notes) > MOST_NOTES else []
    if busy := sorted({lane for receipt in receipts for lane in receipt.busy}):
        lines.append(
            f"  another run was visiting {len(busy)} of 64 lanes of domains: what was found for them waits for the next run"
        )
    return lines


def given_up_lines(root: str, source: str, names: Sequence[str]) -> list[str]:
    """Archives of captures that ended their workers again and again, and how to take them up."""
    lines = [f"  given up earlier: {name}" for name in names]
    again = f"pressrun backfill '{root}/captures/{source}/*/*[0-9].warc.gz' --source {source} --reprocess failed --into {root}"
    return [*lines, f"  take them up with: {again}"] if lines else []


def _sources(total: dict[str, int]) -> str:
    """What became of the sources, in a line."""
    names = ("read", "unchanged", "not due", "deferred", "disallowed", "removed", "moved", "failed")
    found = [f"{total[f'sources {name}']:,} {name}" for name in names if total.get(f"sources {name}")]
    return f"sources: {', '.join(found) or 'none'}"


def address_lines(line: Line) -> list[str]:
    """What became of an address that is in no article and no rejection."""
    again = f"asked again from {line.until:%Y-%m-%d %H:%M} UTC on" if line.until else "not asked again"
    return [
        f"  {line.url}",
        f"  {line.fate.replace('_', ' ')}: {line.why or MEANINGS[Fate(line.fate)]}; {again}",
        f"  on {line.at:%Y-%m-%d %H:%M} UTC, announced by {line.site} in {line.found_in}",
    ]


def _columns(counts: dict[str, int]) -> str:
    return " ".join(f"{counts.get(fate, 0):>9,}" for fate in (Fate.FETCHED, Fate.FAILED, Fate.DEFERRED))
