"""A second lot of templates and bodies, as `strangers`: some limits have been set with these in view."""

import random

from tests.tasks.site_lines.bodies import CLUBS, Part, Voice
from tests.tasks.site_lines.sites import NEITHER, Around, Line, _site


def portal(page: Around) -> tuple[list[Line], list[Line]]:
    """An edition line, a place and date in one, tools in the middle, a poll, a row of links, an imprint."""
    chance, at = page.chance, page.at
    edition = "Evening edition" if page.is_new else "Late edition"
    head = [
        *_site("NORTHQUAY ONLINE", edition),
        (page.title, NEITHER),
        *_site(f"Northquay, {at.day} {at:%B} {at.year}", "Text size"),
    ]
    tail = ["Did you like this article?", "Yes | No", "Home | Sound | Islands | Sport | Letters"]
    return head, _site(chance.choice(("Islands", "Sound")), *tail, "Northquay Publishing House, 4 Cooper Street")


def agency(page: Around) -> tuple[list[Line], list[Line]]:
    """A wire: a number, a keyword, an embargo; below, an end mark, contacts and a note of rights as sentences."""
    chance = page.chance
    head = [*_site("SOUND NEWS SERVICE", chance.choice(("SHIPPING", "FISHERIES", "PORTS"))), (page.title, NEITHER)]
    notes = "Sound News Service is a member of the League of Small Agencies and answers to no owner."
    return head, _site("ENDS", "Picture desk: pictures@made.example", notes)


def blog(page: Around) -> tuple[list[Line], list[Line]]:
    """A blog: a posted-on line, likes with their number, the next and the last entry, a signature."""
    at, chance = page.at, page.chance
    head = [*_site("Letters from a small boat"), (page.title, NEITHER), *_site(f"posted on {at:%d/%m/%Y}")]
    return head, _site(
        "fair winds, the crew",
        f"{chance.randrange(2, 90)} likes",
        f"previous: {page.others[0]}",
        f"next: {page.others[1]}",
        "Powered by Driftwood",
    )


NEWCOMERS = {portal: "english", agency: "english", blog: "welsh"}


def _full_time(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += ["FULL TIME", f"{chance.choice(CLUBS)} {chance.randrange(3)}, {chance.choice(CLUBS)} {chance.randrange(3)}"]


def _speakers(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for speaker in ("ADA", "TOM", "ADA", "TOM"):
        lines += [speaker, voice.sentence(chance)]


def _initials(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.append(chance.choice(("(aq)", "(to)", "A.Q.")))


def _exhibition(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += [f"Until {chance.randrange(1, 29)} May", "Old Customs House", f"Tickets {chance.choice((8, 12))} crowns"]


def _dateline(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.insert(0, chance.choice(("ALDERBY", "PORT ELLIS")))


def _summary(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines[:0] = ["In short", *(voice.sentence(chance).rstrip(".") for _ in range(3))]


def _correction(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.append("An earlier version gave the wrong number of boats.")


def _steps(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += [
        "Method",
        *chance.sample(("Whisk the eggs", "Fold in the flour", "Bake until golden", "Let it cool", "Serve with cream"), 4),
    ]


def _weather(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for part in ("Tonight", "Tomorrow", "Outlook"):
        lines += [part, chance.choice(("Dry and bright", "Rain later", "Fog at first"))]


NEW_PARTS: dict[Part, float] = {
    _full_time: 0.05, _speakers: 0.04, _initials: 0.05, _exhibition: 0.04, _dateline: 0.06, _summary: 0.05, _correction: 0.04, _steps: 0.04,
    _weather: 0.04,
}  # fmt: skip
