"""What the golden pages become, out of the demo archive."""

from pathlib import Path
from typing import Any

from tasks.archive.reading import ReadLimits, read_archive
from tasks.pages.unpacking import unpack
from tasks.pressing import Press
from tasks.recipe import REVISION, Recipe
from tasks.records import Article, Capture, Page, article_row
from tests.demo.archive import ARCHIVE

EXPECTED = Path(__file__).with_name("expected.json")
# Where the archive lies, and which versions are installed, says nothing about the output.
PASSING = {"warc_file", "warc_offset", "warc_length", "recipe", "extractor_version"}


def outcomes() -> dict[str, Any]:
    """Every capture's outcome, in order: an article's columns, or a rejection's reason; and the revision that gave them."""
    recipe, seen, found = Recipe(), set[str](), []
    press = Press(recipe)
    with ARCHIVE.open("rb") as stream:
        for reading in read_archive(stream, ARCHIVE.name, ReadLimits(recipe.max_record_bytes)):
            unpacked = unpack(reading.found, "golden", seen, recipe) if isinstance(reading.found, Capture) else reading.found
            outcome = press.press(unpacked) if isinstance(unpacked, Page) else unpacked
            if isinstance(outcome, Article):
                row = {name: value for name, value in article_row(outcome).items() if name not in PASSING}
                found.append({name: _plain(value) for name, value in row.items() if value not in (None, (), [])})
            elif outcome is not None:
                found.append({"url": outcome.url, "rejected": outcome.reason.value})
    return {"revision": REVISION, "outcomes": found}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
