"""What one kind of markup says about a page, before anybody weighs it against the others."""

import html
import re
from dataclasses import dataclass

MAX_TEXT_CHARS = 5_000
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Raw statements in the order of trust; ``source`` is json-ld | meta | microdata | html.

    ``tags`` are lists of keywords, one for each place that has some; ``window_titles`` stand above the page, not on it;
    ``trail`` leads from the front page to this one.
    """

    source: str
    titles: tuple[str, ...] = ()
    window_titles: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    canonical_urls: tuple[str, ...] = ()
    site_names: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    tags: tuple[tuple[str, ...], ...] = ()
    image_urls: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    page_types: tuple[str, ...] = ()
    is_free: bool | None = None
    body: str | None = None


def clean_text(raw: str) -> str:
    """One line of text: entities undone (twice at most, some sites escape twice), white space collapsed, bounded."""
    text = raw[:MAX_TEXT_CHARS]
    for _ in range(2):
        if "&" in text:
            text = html.unescape(text)
    # Whatever is invisible is not printable, and most texts are: asking is cheaper than searching.
    if not (text.isascii() or text.isprintable()):
        text = INVISIBLE.sub("", text)
    return " ".join(text.replace("\0", "").split())
