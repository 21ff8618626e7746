"""The layout of an edition where it lies, below curated/, for the card beside it."""

from collections.abc import Callable

from tasks.cards.card import Layout, Part, card
from tasks.cards.facts import gather_facts
from tasks.editions import EDITION_SCHEMA, Edition
from tasks.recipe import digest_of
from tasks.storage import Store

FORM = (
    "```text",
    "articles/month=YYYY-MM/*.parquet     the articles, by month of publication (UTC), in the order of publication",
    "set_aside/month=YYYY-MM/*.parquet    what was left out, with `reason` and `detail`",
    "manifest.json                        every file with its rows, size and SHA-256; the recipe; the counts",
    "```",
    "",
    "Articles without a date of publication stand at that of their capture; those without either lie in `month=undated`. Parquet,",
    "zstd, every column described in its schema.",
    "",
    "```python",
    "import datasets",
    "",
    'articles = datasets.load_dataset("path/of/this/folder", split="train")',
    "```",
)


def card_in_place(store: Store, edition: Edition, beat: Callable[[], object] = lambda: None) -> str:
    """The card for curated/<edition>/README.md, from the edition's files as they lie on the store; ``beat`` is called for each."""
    return card(edition, gather_facts(store, edition, beat=beat), layout_in_place(edition))


def layout_in_place(edition: Edition) -> Layout:
    """Its files as they lie; what was set aside is a configuration of its own where there is any."""
    articles = _paths(edition, {file.key: file.rows for file in edition.files}, "articles/*/*.parquet")
    aside = _paths(edition, {file.aside_key: file.aside_rows for file in edition.files}, "set_aside/*/*.parquet")
    parts = (Part("default", articles), Part("set_aside", aside))
    columns = tuple((column.name, column.metadata[b"description"].decode()) for column in EDITION_SCHEMA)
    fingerprint = digest_of([(file.key, file.sha256, file.aside_key, file.aside_sha256) for file in edition.files])
    return Layout(tuple(part for part in parts if part.paths), fingerprint, FORM, columns)


def _paths(edition: Edition, rows: dict[str, int], glob: str) -> str | list[str]:
    """A glob, or every path by name where some file is empty: `datasets` does not read a row group without rows."""
    if all(rows.values()):
        return glob if rows else []
    return [key.removeprefix(f"curated/{edition.name}/") for key, number in rows.items() if number]
