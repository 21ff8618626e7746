"""An article out of plain text: of files that people kept, and of the visible text of whole pages. Pure."""

from dataclasses import dataclass
from datetime import datetime

from tasks.facts import Facts, Published
from tasks.metadata.evidence import clean_text
from tasks.plain_text.head_lines import published_at
from tasks.plain_text.header_fields import read_header
from tasks.plain_text.kept_text import sort_kept_text
from tasks.plain_text.kinds import kind_of
from tasks.plain_text.lines import read_lines
from tasks.plain_text.page_body import is_page
from tasks.plain_text.page_text import sort_page
from tasks.plain_text.parts import Part, Parts


@dataclass(frozen=True, slots=True)
class PlainArticle:
    """What a text says and what it says it about; every line of it is in one of these, in its order."""

    # Title, authors, published and site_name; the others stay empty.
    facts: Facts
    # A line a paragraph.
    text: str
    # With their credits as written.
    captions: tuple[str, ...]
    # Taken for the site's, not the article's: who knows the whole corpus may overrule.
    set_aside: tuple[str, ...]


def read_plain_article(text: str, captured_at: datetime | None) -> PlainArticle:
    """Tell title, date, byline, captions, body and the site around them apart. ``captured_at``: aware; no date is later."""
    header, lines = read_header(read_lines(text))
    kinds = [kind_of(line) for line in lines]
    parts = sort_page(lines, kinds) if not header.is_given and is_page(lines, kinds) else sort_kept_text(lines, kinds, header.title)
    parts.stated[:0] = header.stated
    chosen = {
        part: tuple(line.text for line, of_line in zip(lines, parts.of_lines, strict=True) if of_line is part) for part in Part
    }
    facts = Facts(
        title=clean_text(parts.title) if parts.title else None,
        authors=_authors(parts),
        published=_published(parts, captured_at),
        site_name=header.source,
    )
    return PlainArticle(facts, "\n".join(chosen[Part.BODY]), chosen[Part.CAPTION], header.set_aside + chosen[Part.ASIDE])


def _authors(parts: Parts) -> tuple[str, ...]:
    """The first byline's."""
    return next((said.authors for said in parts.stated if said.authors), ())


def _published(parts: Parts, captured_at: datetime | None) -> Published | None:
    """The first date that can be: nothing is published after it was captured."""
    moments = (said.moment for said in parts.stated if said.moment)
    return next((published for moment in moments if (published := published_at(moment, captured_at))), None)
