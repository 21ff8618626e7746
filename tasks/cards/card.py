"""The card of an edition: Markdown with the front matter that the Hugging Face Hub and `datasets` read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import yaml

from tasks.cards.commands import curate_command
from tasks.cards.facts import FORGOTTEN, UNKNOWN, EditionFacts, Span
from tasks.cards.features import features_of
from tasks.cards.markdown import count_table, plain, share, table
from tasks.cards.sections import copies_lines, lines_of_limits, recipe_lines, set_aside_lines
from tasks.editions import Edition
from tasks.languages import iso_code

# A code that fewer articles have is noise of the detector as often as not; the table tells all of them.
LEAST_SHARE = 0.001
SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B", "10B<n<100B")


@dataclass(frozen=True, slots=True)
class Part:
    """Files that are loaded together: their name (``default`` is what one gets unasked), a glob or their paths.

    ``options``: what the reader of `datasets` has to be told; ``features``: types of the columns, where files do not tell them.
    """

    name: str
    paths: str | list[str]
    options: dict[str, str] = field(default_factory=dict)
    features: pa.Schema | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The files that a card lies beside, the default part first, and how they are read.

    ``fingerprint``: hash of what is in the files; ``form``: what they are, as lines of Markdown; ``columns``: names and meanings;
    ``commands``: how the files were made from the edition.
    """

    parts: tuple[Part, ...]
    fingerprint: str
    form: tuple[str, ...]
    columns: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()


def card(edition: Edition, facts: EditionFacts, layout: Layout) -> str:
    """The card, which ends in a line feed. ``facts`` are of the articles in the files; no time of any run stands in it."""
    lines = ["---", front_matter(edition, facts, layout).rstrip("\n"), "---", "", f"# {plain(edition.name)}", ""]
    for title, body in _sections(edition, facts, layout):
        lines += [f"## {title}", "", *body, ""] if title else [*body, ""]
    return "\n".join(lines)


def front_matter(edition: Edition, facts: EditionFacts, layout: Layout) -> str:
    """The card's YAML; fields as the Hub's documentation of dataset cards lists them."""
    least = LEAST_SHARE * facts.articles
    languages = [code for code, number in _iso_languages(facts).items() if number >= least]
    fields = {
        "pretty_name": edition.name,
        "language": sorted(languages),
        "license": "other",
        "license_name": "texts-belong-to-their-publishers",
        "size_categories": [size_category(facts.articles)],
        "task_categories": ["text-generation", "fill-mask"],
        "annotations_creators": ["no-annotation"],
        "language_creators": ["found"],
        "source_datasets": ["original"],
        "tags": ["news", "web", "pressrun"],
        "dataset_info": [
            {"config_name": part.name, "features": features_of(part.features)} for part in layout.parts if part.features is not None
        ],
        "configs": [_config(part, layout.fingerprint) for part in layout.parts],
    }
    text: str = yaml.safe_dump({name: value for name, value in fields.items() if value}, sort_keys=False, allow_unicode=True)
    return text


def _config(part: Part, fingerprint: str) -> dict[str, Any]:
    default = {"default": True} if part.name == "default" else {}
    files = {"data_files": [{"split": "train", "path": part.paths}]}
    # `datasets` keys its cache by this entry alone: without a hash, files that were replaced would be read as they were before.
    return {"config_name": part.name, **default, "description": f"files {fingerprint}", **files, **part.options}


def size_category(articles: int) -> str:
    """The Hub's class of a number of rows."""
    return next((size for number, size in enumerate(SIZES) if articles < 10 ** (number + 3)), "100B<n<1T")


def _sections(edition: Edition, facts: EditionFacts, layout: Layout) -> Iterator[tuple[str, list[str]]]:
    yield "", [_summary(facts)]
    yield "Files", list(layout.form)
    yield "Articles", _numbers(facts)
    for title, name, kinds in (
        ("Languages", "language", facts.languages),
        ("Years of publication", "year", facts.years),
        ("Sites", "domain", facts.domains),
        ("Sources", "source", facts.sources),
        ("Kinds of page", "page type", facts.page_types),
    ):
        yield title, count_table(name, kinds, facts.articles)
    yield "Licences that the pages declare", count_table("licence", facts.licences, facts.articles)
    yield "Opt-outs", _opt_outs(facts)
    yield "What is not in it", set_aside_lines(edition)
    yield "Copies", copies_lines(edition, facts)
    yield "How it was made", recipe_lines(edition, facts, (curate_command(edition), *layout.commands))
    if layout.columns:
        yield "Columns", table(("column", "meaning"), ((f"`{name}`", plain(meaning, 400)) for name, meaning in layout.columns))
    yield "Limits", lines_of_limits(edition)


def _iso_languages(facts: EditionFacts) -> Counter[str]:
    """Articles by ISO 639 code, the only ones that the Hub takes."""
    found: Counter[str] = Counter()
    for language, number in facts.languages.items():
        if language not in (UNKNOWN, FORGOTTEN) and (code := iso_code(language)):
            found[code] += number
    return found


def _known(kinds: Counter[str], one: str) -> str:
    """How many kinds are known: what was not found is none, and what was counted together are some more."""
    number = len(kinds.keys() - {UNKNOWN, FORGOTTEN})
    more = "more than " if FORGOTTEN in kinds else ""
    return f"{more}{number:,} {one}{'' if number == 1 and not more else 's'}"


def _summary(facts: EditionFacts) -> str:
    sites, languages = _known(facts.domains, "site"), _known(facts.languages, "language")
    first = f"{facts.articles:,} news articles of {sites} in {languages}, {facts.words:,} words"
    when = f", published {_days(facts.published)}" if facts.published else ""
    return f"{first}{when}. Made with Pressrun out of web archives and visits to news sites."


def _numbers(facts: EditionFacts) -> list[str]:
    rows = [
        ("articles", f"{facts.articles:,}"),
        ("words", f"{facts.words:,}"),
        ("published (UTC)", _days(facts.published)),
        ("without a date of publication", f"{facts.years['undated']:,}"),
        ("captured (UTC)", _days(facts.captured)),
        ("originals: the first of their cluster, or the only one", f"{facts.originals:,}"),
        ("pages that say they are behind a paywall", f"{facts.paywalled:,}"),
    ]
    return table(("", "#"), rows)


def _days(span: Span) -> str:
    return f"{span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}" if span else "not known"


def _opt_outs(facts: EditionFacts) -> list[str]:
    said = f"{facts.opted_out:,} articles ({share(facts.opted_out, facts.articles) or 0} %)"
    lines = [
        f"{said} carry a signal of their site against some use, kept in the edition's column `opt_outs`: X-Robots-Tag and",
        "TDM-Reservation of the answer, robots of the page. Leave out those that speak of what you are about to do.",
    ]
    return [*lines, "", *count_table("signal", facts.opt_outs, facts.articles)] if facts.opt_outs else lines
