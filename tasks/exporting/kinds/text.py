"""Texts alone, packed with zstd, in the form of CC-100: a line a paragraph, an empty line behind every article.

A line of blanks alone gets one blank more, so that an empty line is the end of an article and nothing else, and the texts can be
had back to the letter.
"""

from collections.abc import Iterable

import pyarrow as pa

from tasks.cards.card import Part
from tasks.exporting.packing import zstd_bytes

IS_BY_MONTH = True
PATTERN = r"articles/(\d{4}-\d\d|undated)-\d{5,}\.txt\.zst"
GLOB = "articles/*.txt.zst"
NAMES = ("text",)
FORM = (
    "`articles/YYYY-MM-NNNNN.txt.zst`: plain text in UTF-8, packed with zstd, by month of publication (UTC), in the order of",
    "publication; articles without a date are in `articles/undated-NNNNN.txt.zst`. A line is a paragraph and ends in a line feed",
    "alone; an empty line follows every article, as in CC-100. To have the texts back to the letter, take one blank from each line",
    "of blanks alone:",
    "",
    "```python",
    "import io",
    "import pathlib",
    "",
    "import zstandard",
    "",
    "",
    "def articles_in(path):",
    '    with zstandard.open(path, "rb") as stream:',
    "        lines = []",
    '        for line in io.TextIOWrapper(stream, "utf-8", newline="\\n"):',
    '            if line == "\\n":',
    '                yield "\\n".join(lines)',
    "                lines = []",
    "            else:",
    '                line = line.removesuffix("\\n")',
    '                lines.append(line if line.strip(" ") else line[1:])',
    "",
    "",
    'for path in sorted(pathlib.Path("path/of/this/folder/articles").glob("*.txt.zst")):',
    "    print(path.name, sum(1 for _ in articles_in(path)))",
    "```",
)


def key_of(month: str, number: int, total: int) -> str:
    """Where a file lies, below the place of the export."""
    del total
    return f"articles/{month}-{number:05d}.txt.zst"


def part(schema: pa.Schema) -> Part:
    """The files, as a card speaks of them: `datasets` calls articles that are parted by empty lines paragraphs."""
    del schema
    return Part("default", GLOB, {"sample_by": "paragraph"})


def pack(tables: Iterable[pa.Table], schema: pa.Schema) -> bytes:
    """The file of these rows."""
    del schema
    return zstd_bytes(written(text).encode() for table in tables for text in table["text"].to_pylist())


def written(text: str) -> str:
    """An article as it stands in the file."""
    lines = (line if line.strip(" ") else f"{line} " for line in text.split("\n"))
    return "\n".join(lines) + "\n\n"
