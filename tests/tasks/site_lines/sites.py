"""Made-up sites: pages in a template, every line labelled as the site's, the article's, or neither."""

# ruff: noqa: RUF001 - templates have the dashes and full-width marks of the web

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from tests.tasks.site_lines.bodies import PARTS, VOICES, Part, Voice, write_body

FIRST_DAY = datetime(2024, 1, 3, 8, 5, tzinfo=UTC)
# "neither": titles and bylines; a corpus may have them in its text or not.
SITE, ARTICLE, NEITHER = "site", "article", "neither"
MONTHS = "January February March April May June July August September October November December".split()
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """One article of a site as plain text has it."""

    number: int
    domain: str
    title: str
    published_at: datetime
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line for line, _ in self.lines)

    @property
    def month(self) -> str:
        return f"{self.published_at:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Around:
    """What a template knows of one page; ``others``: titles of articles of the site; ``is_new``: after the change of template."""

    title: str
    at: datetime
    others: list[str]
    chance: random.Random
    voice: Voice
    is_new: bool


Template = Callable[[Around], tuple[list[Line], list[Line]]]


def _site(*lines: str) -> list[Line]:
    return [(line, SITE) for line in lines]


def _person(chance: random.Random) -> str:
    return f"{chance.choice('Ada Jo Mira Tom Hugo Selma Ines Pavel'.split())} {chance.choice('Quill Reed Brandt Okafor Vance Ortiz Moreau'.split())}"


def seed_like(page: Around) -> tuple[list[Line], list[Line]]:
    """A stray word, the tagline, the date, a caption with its credit; below, a headline of another article."""
    at, chance = page.at, page.chance
    tagline = "Reading the tides since 1987" if page.is_new else "News from every harbour of the sound"
    date = f"{MONTHS[at.month - 1]} {at.day}, {at.year} at {at.hour % 12 or 12}:{at.minute:02} {'pm' if at.hour > 11 else 'am'}"
    caption = (
        f"{page.voice.sentence(chance)[:-1]} on {MONTHS[at.month - 1]} {at.day}, {at.year} [{_person(chance)} – Anadolu Agency]"
    )
    evergreen = ("Who pays for the pier of Ellis and why?", "What is the tide law and whom does it bind?")
    related = chance.choice((*evergreen, page.others[0], page.others[0]))
    head = [*_site("clear", tagline), (page.title, NEITHER), *_site(date, caption)]
    return head, _site(related)


def busy(page: Around) -> tuple[list[Line], list[Line]]:
    """A section, a byline, links in and below the text, share lines, tags, a notice."""
    chance, at = page.chance, page.at
    section = chance.choice(("World", "Harbour", "Opinion", "Council"))
    byline = (f"By {_person(chance)}", NEITHER)
    head = [*_site("The Alderby Courier", section), (page.title, NEITHER), byline]
    tail = _site(f"Read more: {page.others[0]}", f"READ: {page.others[1]}")
    if page.is_new:
        tail += _site("Send this story to a friend who likes boats")
    tail += _site(
        "Share this story on Facebook, X and by email",
        f"Tags: {section}, Alderby",
        f"© {at.year} The Alderby Courier. All rights reserved.",
    )
    return head, tail


def german(page: Around) -> tuple[list[Line], list[Line]]:
    """A trail, a date line, a caption; below, headlines of other articles and an appeal."""
    at = page.at
    head = [
        *_site("Startseite › Politik › Hafen"),
        (page.title, NEITHER),
        *_site(
            f"Stand: {at:%d.%m.%Y}, {at:%H:%M} Uhr", f"{page.voice.sentence(page.chance)[:-1]}. Foto: {_person(page.chance)} / dpa"
        ),
    ]
    appeal = "Unser Newsletter bringt Ihnen jeden Morgen die wichtigsten Nachrichten aus dem Hafen."
    return head, _site("Das könnte Sie auch interessieren", *page.others, appeal, "Der Hafenbote – täglich frisch vom Kai")


def japanese(page: Around) -> tuple[list[Line], list[Line]]:
    """A date line; a caption, related headlines, links and a notice below."""
    at = page.at
    head = [(page.title, NEITHER), *_site(f"{at.year}年{at.month}月{at.day}日 {at.hour}時{at.minute:02}分", "港の新聞 デジタル版")]
    return head, _site(
        "写真：港の新聞社", "関連記事", *page.others[:2], "この記事を友だちに送る", "記事と写真の無断転載を禁じます。"
    )


def unknown(page: Around) -> tuple[list[Line], list[Line]]:
    """A language that no list of words knows."""
    appeal = "Rhannwch y stori hon gyda ffrind" if page.is_new else "Anfonwch y stori at gyfaill"
    head = [*_site("Newyddion yr Harbwr", "Neidio i'r prif gynnwys"), (page.title, NEITHER)]
    return head, _site(appeal, "Mwy o straeon o'r harbwr", *page.others[:2], "Hawlfraint Newyddion yr Harbwr")


TEMPLATES = {seed_like: "english", busy: "english", german: "german", japanese: "japanese", unknown: "welsh"}


def make_site(
    template: Template, count: int, *, parts: dict[Part, float] = PARTS, voice: Voice | None = None, seed: int = 0
) -> list[Page]:
    """So many pages over a year or less; the template changes midway. ``parts``: what repeats in bodies."""
    name = template.__name__
    voice = voice or VOICES[TEMPLATES[template]]
    chance = random.Random(f"{name} {count} {seed}")
    titles = [voice.title(random.Random(f"{name} {seed} {number}"), number) for number in range(count)]
    pages = []
    for number, title in enumerate(titles):
        at = FIRST_DAY + timedelta(minutes=number * 480_000 // count + chance.randrange(900))
        others = chance.sample([other for other in titles if other != title], 3)
        around = Around(title, at, others, chance, voice, number >= count // 2)
        head, tail = template(around)
        body = [(line, ARTICLE) for line in write_body(voice, chance, parts)]
        pages.append(Page(number, f"{name.replace('_', '-')}.example", title, at, (*head, *body, *tail)))
    return pages


def articles(pages: list[Page], texts: list[str] | None = None) -> pa.Table:
    """Pages as ``line_rows`` wants them, the number of the page for its node."""
    return pa.table(
        {
            "node": pa.array([page.number for page in pages], pa.uint64()),
            "domain": [page.domain for page in pages],
            "month": [page.month for page in pages],
            "title": [page.title for page in pages],
            "text": texts if texts is not None else [page.text for page in pages],
        }
    )
