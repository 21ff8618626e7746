"""What the command `diff` prints: what another recipe would change."""

import argparse
import difflib
from collections import Counter
from collections.abc import Iterator

from flows.exits import DONE
from flows.options import recipe_of
from tasks.comparing import Comparison, Pair
from tasks.records import Article, Outcome
from tasks.storage import open_store

MOST_EXAMPLES = 5
MOST_LINES = 6
LINE_WIDTH = 110


def comparison_lines(found: Comparison, names: tuple[str, str]) -> Iterator[str]:
    """Outcomes, texts, facts and cost, then the texts that changed most."""
    both = [pair for pair in found.pairs if pair.likeness is not None]
    changed = sorted((pair for pair in both if pair.likeness != 1), key=lambda pair: pair.likeness or 0)
    yield from (f"note: {note}" for note in found.notes)
    yield f"{len(found.pairs):,} captures out of {found.shards} shards, by {names[0]} and by {names[1]}"
    yield ""
    moves = Counter((_word(pair.before), _word(pair.after)) for pair in found.pairs)
    yield "outcomes"
    for (before, after), number in sorted(moves.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {number:>7,}  {before} -> {after}" if before != after else f"  {number:>7,}  {before}, by both"
    yield ""
    mean = sum(pair.likeness or 0 for pair in both) / len(both) if both else 1.0
    yield f"texts: {len(both) - len(changed):,} the same, {len(changed):,} changed; mean likeness {mean:.4f}"
    facts = Counter(name for pair in both for name in pair.changed_facts)
    told = ", ".join(f"{name} {number:,}" for name, number in facts.most_common()) or "none changed"
    yield f"facts: {told}"
    yield f"CPU:   {found.cpu_seconds[0]:,.1f} s by {names[0]}, {found.cpu_seconds[1]:,.1f} s by {names[1]}"
    for pair in changed[:MOST_EXAMPLES]:
        yield from _example(pair)


def _word(outcome: Outcome) -> str:
    return "article" if isinstance(outcome, Article) else outcome.reason.value


def _example(pair: Pair) -> Iterator[str]:
    if isinstance(pair.before, Article) and isinstance(pair.after, Article):
        yield ""
        yield f"likeness {pair.likeness:.3f}  {pair.before.url}"
        lines = difflib.unified_diff(pair.before.text.split("\n"), pair.after.text.split("\n"), n=0, lineterm="")
        shown = [line for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))]
        yield from (f"  {line[:LINE_WIDTH]}" for line in shown[:MOST_LINES])
        if len(shown) > MOST_LINES:
            yield f"  ... {len(shown) - MOST_LINES} more lines"


def add_diff(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    command = commands.add_parser("diff", help="say what another recipe would change, on a sample of the corpus")
    command.set_defaults(run=_diff)
    command.add_argument("root", metavar="ROOT", help="root of the corpus: a folder or s3://bucket/prefix")
    command.add_argument(
        "--recipe",
        nargs=2,
        required=True,
        metavar=("A", "B"),
        help="two recipes: an extractor, and settings as in a backfill, joined by commas: fast  thorough,min_chars=400",
    )
    command.add_argument("--sample", type=int, default=200, metavar="N", help="captures to press by both (default: 200)")
    command.add_argument("--source", default="", metavar="NAME", help="only this source (default: all)")


def _diff(options: argparse.Namespace) -> int:
    from tasks.comparing import compare  # noqa: PLC0415

    before, after = options.recipe
    found = compare(open_store(options.root), (recipe_of(before), recipe_of(after)), options.sample, options.source)
    print("\n".join(comparison_lines(found, (before, after))))
    return DONE
