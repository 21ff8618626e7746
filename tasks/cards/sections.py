"""Sections of a card that take more words than numbers."""

import json
from collections import Counter

from tasks.cards.facts import EditionFacts
from tasks.cards.markdown import code, count_table, plain, share, table
from tasks.editions import Edition
from tasks.reasons import Reason


def set_aside_lines(edition: Edition) -> list[str]:
    """What curating left out, by reason; the counts are those of the whole edition."""
    counts = edition.counts
    aside = sum(counts.set_aside.values())
    first = f"The edition was made from {counts.read:,} articles: {counts.kept:,} kept, {aside:,} set aside, each with a reason."
    if not aside:
        return [first]
    ranked = sorted(counts.set_aside.items(), key=lambda found: (-found[1], found[0]))
    rows = ((code(reason), f"{number:,}", share(number, counts.read), _meaning(reason)) for reason, number in ranked)
    return [first, "", *table(("reason", "#articles", "#%", "meaning"), rows)]


def _meaning(reason: str) -> str:
    known = {one.value: one.meaning for one in Reason}
    return plain(known.get(reason, ""))


def copies_lines(edition: Edition, facts: EditionFacts) -> list[str]:
    """How copies of a story are told, and how many there are."""
    counts = edition.counts
    known = (
        "All copies of a story share `cluster_id`, `cluster_size` says how many there are, and `is_original` marks the earliest,",
        "by publication, then by capture. Exact copies are found by address, page and text, near ones by MinHash signatures over",
        "runs of words; thresholds, and whether copies were kept, stand in the recipe below.",
        "",
        f"The edition knows {counts.clusters:,} stories with more than one copy, {counts.clustered:,} articles in all.",
        f"Here are {facts.articles - facts.originals:,} articles that are not the original of their cluster.",
    )
    cut = (
        f"{counts.cut_lines:,} lines that a site repeats on many pages (menus, credits, notices) were taken out of the texts;",
        "the edition's column `cut_lines` keeps them.",
    )
    return [*known, *(["", *cut] if counts.cut_lines else [])]


def recipe_lines(edition: Edition, facts: EditionFacts, commands: tuple[str, ...]) -> list[str]:
    """The commands, the recipe of the edition, and what had extracted the texts before."""
    recipe = json.dumps(edition.recipe, indent=1, ensure_ascii=False, sort_keys=True)
    # A fence longer than any run of backticks inside cannot be closed from there.
    fence = "`" * max(3, 1 + max((len(run) for run in _runs(recipe)), default=0))
    return [
        "```text",
        *(command.replace("`", "'") for command in commands),
        "```",
        "",
        "ROOT is a corpus that `pressrun backfill` and `pressrun collect` made. The same articles and recipe give the same bytes.",
        "Every article names the archive and the place in it that it came from, its extractor and the recipe of its extraction.",
        "",
        *count_table("extractor", Counter(facts.extractors), facts.articles),
        "",
        "Recipe of the edition:",
        "",
        f"{fence}json",
        recipe,
        fence,
    ]


def _runs(text: str) -> list[str]:
    return [run for run in "".join(letter if letter == "`" else " " for letter in text).split() if run]


def lines_of_limits(edition: Edition) -> list[str]:
    """What a reader has to know before using the texts."""
    kinds = ", ".join(f"`[{kind}]`" for kind in edition.recipe.get("mask", ()))
    masked = [f"  {kinds} stand where such a thing was recognised in the words; names, and what was not recognised, stay."]
    return [
        "- **Copyright.** The texts belong to their publishers and authors. This card gives no licence to them; what a page",
        "  declares is in the edition's column `licence`, as it stands there. Whether a use is allowed, its user has to find out.",
        "- **Personal information.** News names people. An article can be taken out by its `id` or `url`: `pressrun remove`.",
        *(masked if kinds else []),
        "- **Extraction is not perfect.** Lines of a page's furniture can be left, paragraphs can be missing; `text_confidence`",
        "  says how sure it was.",
        "- **Dates** are what pages say of themselves: `published_precision` and `published_source` tell how far to trust them.",
        "- **Languages** are detected; short and mixed texts are detected wrongly more often.",
        "- **Not a sample of the news.** Which sites are in it, and how often, follows from the archives and sources that went in.",
    ]
