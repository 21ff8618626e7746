"""More templates and bodies: what else stands around news, and what else repeats in it. Some limits have been set with these in view."""

# ruff: noqa: RUF001 - Cyrillic letters look like Latin ones

import random

from tests.tasks.site_lines.bodies import CLUBS, Part, Voice
from tests.tasks.site_lines.sites import Around, Line, _person, _site

TOWNS = "Kyoto Lisbon Bergen Dakar Quito Hobart Izmir Riga Cork Leith Malmo Faro".split()


def magazine(page: Around) -> tuple[list[Line], list[Line]]:
    """A menu without bullets, counters, a biography, an appeal in the third person, related headlines that nobody else has."""
    chance, at = page.chance, page.at
    menu = ("Ideas", "Culture", "Science", "Podcasts", "Crossword")
    head = [*_site(*menu, f"{chance.randrange(2, 14)} min read", f"{chance.randrange(1, 90)} comments"), (page.title, NEITHER)]
    head += _site(
        f"Alderby {chance.randrange(4, 25)}°C, {chance.choice(('cloudy', 'clear', 'rain'))}", f"{at.day} {at:%B} {at.year}"
    )
    bio = chance.choice(("Ada Quill writes about the sea for the Ostermill Review.", "Tom Okafor is an editor at large."))
    foreign = [page.voice.title(chance, chance.randrange(10**6)) for _ in range(3)]
    return head, _site(
        bio, "Filed under", "Recommended reading", *foreign, "The Ostermill Review is a reader-owned monthly", "Back issues"
    )


def russian(page: Around) -> tuple[list[Line], list[Line]]:
    """A date line, an appeal to follow a channel, a phone number of the newsroom, an age mark."""
    at = page.at
    head = [*_site(f"{at:%d.%m.%Y} {at:%H:%M}", "Гавань сегодня"), (page.title, NEITHER)]
    tail = (
        "Подписывайтесь на наш канал в Telegram",
        "Читайте также:",
        *page.others[:2],
        "Телефон редакции: 8 800 555-01-01",
        "18+",
    )
    return head, _site(*tail)


def spanish(page: Around) -> tuple[list[Line], list[Line]]:
    """A slogan with an exclamation mark, agency and place, a tip line as a full sentence, tags in one line."""
    chance = page.chance
    agency = chance.choice(("Agencias", "EFE", "Redacción"))
    head = [*_site("¡El diario del puerto!", agency), (page.title, NEITHER)]
    tip = "Si tienes una historia que contar, escríbenos a la redacción."
    return head, _site(
        tip, "Comparte esta noticia con tus vecinos", f"Archivado en: {chance.choice(('Puerto', 'Ciudad'))}, Noticias"
    )


def arabic(page: Around) -> tuple[list[Line], list[Line]]:
    """Right to left: a section, a source, a question to the readers."""
    head = [*_site("أخبار المرفأ", "الرئيسية"), (page.title, NEITHER)]
    return head, _site("المصدر: وكالات", "ما رأيك في هذا الخبر؟", *page.others[:1], "صحيفة المرفأ")


NEITHER = "neither"
STRANGERS = {magazine: "english", russian: "russian", spanish: "spanish", arabic: "arabic"}
STRANGE_VOICES = {
    "russian": Voice(
        (("мэр", "совет", "один водолаз", "учительница"), ("посчитал", "починил", "продал"), ("около", "почти"), ("лодок", "фонарей", "билетов"),
         ("у старой пристани", "за ратушей"), ("пока шел дождь", "до ледостава")),
        ("В министерстве на запрос не ответили.", "Никто не пострадал."),
        "Спор о пирсе начался в 2019 году, когда море забрало сорок метров, и с тех пор его слушали два суда.",
    ),
    "spanish": Voice(
        (("el alcalde", "una panadera", "el consejo", "un buzo"), ("contó", "vendió", "reparó"), ("unos", "casi"), ("barcos", "faroles", "billetes"),
         ("junto al muelle viejo", "detrás del ayuntamiento"), ("mientras llovía", "antes del hielo")),
        ("El ministerio no respondió.", "No hubo heridos."),
        "La disputa por el muelle empezó en 2019, cuando el mar se llevó cuarenta metros, y dos tribunales la han oído desde entonces.",
    ),
    "arabic": Voice(
        (("العمدة", "المجلس", "أحد الغواصين"), ("أحصى", "باع", "أصلح"), ("نحو", "قرابة"), ("قاربا", "فانوسا", "تذكرة"),
         ("قرب الرصيف القديم", "خلف البلدية"), ("تحت المطر", "قبل الفجر")),
        ("ولم ترد الوزارة.", "ولم يصب أحد."),
        "بدأ الخلاف على الرصيف عام 2019 عندما جرف البحر أربعين مترا منه، ونظرت فيه محكمتان منذ ذلك الحين.",
    ),
}  # fmt: skip


def _towns(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for town in chance.sample(TOWNS, 4):
        lines += [town, voice.sentence(chance)]


def _bare_list(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += ["The winners", *chance.sample(TOWNS, 5)]


def _line_up(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += [f"{chance.choice(CLUBS)} v {chance.choice(CLUBS)}", f"Kick-off {chance.randrange(12, 20)}:00"]


def _to_be_continued(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.append(chance.choice(("Watch this space", "To be continued …", "Reporting by Ada Quill")))


def _signs(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for sign in ("Aries", "Taurus", "Gemini"):
        lines += [sign, voice.sentence(chance)]


def _interview(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for _ in range(3):
        lines += [chance.choice(("And then?", "Why?", "What did you do next?")), voice.sentence(chance)]


def _letter(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines[:0] = ["Dear editor,"]
    lines += ["Yours in good hope", f"{_person(chance)}, {chance.choice(CLUBS)}"]


def _obituary(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.append("He is survived by his wife and two daughters.")


STRANGE_PARTS: dict[Part, float] = {
    _towns: 0.06, _bare_list: 0.05, _line_up: 0.05, _to_be_continued: 0.04, _signs: 0.04, _interview: 0.06, _letter: 0.04, _obituary: 0.05,
}  # fmt: skip
