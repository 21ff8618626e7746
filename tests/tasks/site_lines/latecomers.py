"""A last lot of templates and bodies, written when the rules stood and measured as they came: no rule may be set by these."""

import random

from tests.tasks.site_lines.bodies import Part, Voice
from tests.tasks.site_lines.sites import NEITHER, Around, Line, _person, _site


def broadcaster(page: Around) -> tuple[list[Line], list[Line]]:
    """A channel, a player's words, a length; below, a programme note, other items, a helpline."""
    chance = page.chance
    head = [
        *_site("SOUND RADIO 4", "Listen live"),
        (page.title, NEITHER),
        *_site(f"{chance.randrange(1, 9)} minutes to listen", f"Presented by {_person(chance)}"),
    ]
    return head, _site(
        "Heard on the harbour hour",
        "More from the harbour hour",
        *page.others[:2],
        "Call us on 0800 555 01 or write in",
        "Sound Radio is paid for by its listeners.",
    )


def scanned(page: Around) -> tuple[list[Line], list[Line]]:
    """A paper that was scanned: running heads with numbers, the price, a motto, a printer's line."""
    chance, at = page.chance, page.at
    head = [
        *_site(
            "THE OSTERMILL GAZETTE",
            f"{at:%A}, {at:%B} {at.day}, {at.year}",
            "PRICE TWO PENCE" if not page.is_new else "PRICE THREE PENCE",
        ),
        (page.title, NEITHER),
    ]
    return head, _site(f"Page {chance.randrange(2, 12)}", "Printed at the Ostermill by Castell and Sons")


def bulletin(page: Around) -> tuple[list[Line], list[Line]]:
    """A bulletin in German: a department of a dozen, a reference, contacts, a note on the office hours."""
    chance = page.chance
    head = [
        *_site(
            "Stadt Alderbach", chance.choice("Bauamt Hafenamt Kulturamt Schulamt Sozialamt Ordnungsamt Sportamt Forstamt".split())
        ),
        (page.title, NEITHER),
    ]
    tail = (
        f"Aktenzeichen {chance.randrange(100, 999)}/24",
        "Pressestelle im Rathaus, Zimmer 12",
        "Das Rathaus ist montags bis freitags von acht bis zwölf Uhr geöffnet.",
    )
    return head, _site(*tail)


LATECOMERS = {broadcaster: "english", scanned: "english", bulletin: "german"}


def _verdicts(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for _ in range(2):
        lines += [voice.sentence(chance), chance.choice(("Guilty", "Not guilty", "Adjourned"))]


def _welcome(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.append(chance.choice(("All are welcome", "Admission free", "Doors open at seven")))


def _questions(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines[:0] = [part for _ in range(3) for part in ("Q", voice.sentence(chance), "A", voice.sentence(chance))]


def _quiz(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += ["Answers", *(chance.choice(("True", "False")) for _ in range(4))]


def _serves(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines[:0] = [f"Serves {chance.choice(('four', 'six'))}", "An hour and a half"]


def _slides(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for number in range(1, 4):
        lines += [f"{number} of 3", voice.sentence(chance).rstrip(".")]


def _half_time(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += [f"Half-time {chance.randrange(3)}-{chance.randrange(3)}", "No goals after the break"]


def _chorus(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += ["O the boats come home", voice.sentence(chance).rstrip("."), "O the boats come home"]


LATE_PARTS: dict[Part, float] = {
    _verdicts: 0.05, _welcome: 0.06, _questions: 0.04, _quiz: 0.03, _serves: 0.04, _slides: 0.04, _half_time: 0.05, _chorus: 0.03,
}  # fmt: skip
