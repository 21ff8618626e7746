"""Bodies of made-up articles, with all that repeats in honest news: stock sentences, refrains, scores, lists, series."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """A language: a sentence out of one word of each list, and sentences that repeat by chance."""

    words: tuple[tuple[str, ...], ...]
    stock: tuple[str, ...]
    background: str
    between: str = " "
    stop: str = "."

    def sentence(self, chance: random.Random) -> str:
        """Hardly ever twice the same: a number of six digits is in it."""
        words = [chance.choice(each) for each in self.words]
        words.insert(3, f"{chance.randrange(1_000, 999_999)}")
        text = self.between.join(words)
        return text[0].upper() + text[1:] + self.stop

    def title(self, chance: random.Random, number: int) -> str:
        """A headline of its own for every number."""
        return self.sentence(chance).rstrip(self.stop) + f"{self.between}{number + 17}"


VOICES = {
    "english": Voice(
        (("the mayor", "a baker", "the harbour board", "one diver", "the ferry crew", "a retired teacher", "the council"),
         ("counted", "repaired", "sold", "praised", "inspected", "painted"), ("about", "nearly", "more than", "exactly"),
         ("boats", "lanterns", "crates of glass", "paving stones", "tickets", "mooring posts"),
         ("near the old quay", "behind the town hall", "on Cooper Street", "at the lock"),
         ("while the rain fell", "before the ice came", "although nobody had asked", "so that children could cross")),
        ("The ministry did not reply.", "A spokesman declined to comment.", "Nobody was hurt.", "The inquiry continues.",
         "“We will wait,” said the mayor.", "The trial continues on Monday."),
        "The dispute over the pier began in 2019, when the sea took forty metres of it, and two courts have heard it since.",
    ),
    "german": Voice(
        (("der Bürgermeister", "eine Bäckerin", "die Hafenwache", "ein Taucher", "der Rat"), ("zählte", "verkaufte", "lobte", "prüfte"),
         ("rund", "genau", "fast"), ("Boote", "Laternen", "Fahrkarten", "Kisten"), ("am alten Kai", "hinter dem Rathaus", "an der Schleuse"),
         ("während es regnete", "bevor das Eis kam", "obwohl niemand gefragt hatte")),
        ("Das Ministerium antwortete nicht.", "Verletzt wurde niemand.", "Die Ermittlungen dauern an."),
        "Der Streit um den Steg begann 2019, als das Meer vierzig Meter davon nahm, und zwei Gerichte haben ihn seither gehört.",
    ),
    "japanese": Voice(
        (("市長は", "港の組合は", "漁師の一人は", "議会は"), ("古い桟橋で", "役場の裏で", "水門のそばで"), ("およそ", "ちょうど"), ("隻の船を", "個の灯を", "枚の切符を"),
         ("雨の中で", "氷が来る前に", "朝早くから"), ("数えた", "直した", "調べた", "ほめた")),
        ("けが人はなかった。", "警察が調べている。"),
        "桟橋をめぐる争いは、海が四十メートルを奪った二〇一九年に始まり、これまでに二つの裁判所が審理してきた。",
        "", "。",
    ),
    "welsh": Voice(
        (("mae'r maer", "roedd y pobydd", "mae'r cyngor", "roedd un deifiwr"), ("wedi cyfrif", "yn gwerthu", "wedi trwsio"), ("tua", "bron"),
         ("o gychod", "o lusernau", "o docynnau"), ("ger yr hen gei", "y tu ôl i'r neuadd", "wrth y loc"), ("yn y glaw", "cyn y rhew")),
        ("Ni chafodd neb ei anafu.", "Mae'r ymchwiliad yn parhau."),
        "Dechreuodd y ddadl am y pier yn 2019, pan gymerodd y môr ddeugain metr ohono, ac mae dau lys wedi ei chlywed ers hynny.",
    ),
}  # fmt: skip
CLUBS = "Ellis Alderby Lindholm Ostermill Cooper Northquay".split()
Part = Callable[[Voice, random.Random, list[str]], None]


def write_body(voice: Voice, chance: random.Random, parts: dict[Part, float]) -> list[str]:
    """Paragraphs, and on many pages something that other pages have too: each part on this share of the pages."""
    lines = [" ".join(voice.sentence(chance) for _ in range(chance.randint(2, 4))) for _ in range(chance.randint(3, 9))]
    for part, share in parts.items():
        if chance.random() < share:
            part(voice, chance, lines)
    return lines


def _stock(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.insert(chance.randrange(1, len(lines) + 1), chance.choice(voice.stock))


def _stock_last(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.append(chance.choice(voice.stock))


def _background(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.insert(chance.choice((len(lines) - 1, len(lines))), voice.background)


def _series(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.insert(0, "In this series we walk along the sound from lighthouse to lighthouse, and ask who still keeps the light.")


def _heading(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines.insert(chance.randrange(1, len(lines)), chance.choice(("What happens next", "Background", "A longer way")))


def _scores(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for _ in range(3):
        home, away = chance.sample(CLUBS, 2)
        lines.append(f"{home} {chance.randrange(4)} - {chance.randrange(4)} {away}")


def _referee(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += [f"Referee: {chance.choice(('M. Olsen', 'B. Lorentz'))}", f"Attendance: {chance.randrange(900, 4_000)}"]


def _table(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += ["club | games | points", *(f"{club} | {chance.randrange(9, 12)} | {chance.randrange(20, 26)}" for club in CLUBS)]


def _recipe(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines[:0] = ["Ingredients", *(f"- {chance.choice((100, 200))} g {food}" for food in ("flour", "butter", "sugar"))]


def _live(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for _ in range(4):
        lines += [f"{chance.randrange(8, 20)}:{chance.randrange(60):02}", voice.sentence(chance)]


def _song(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += ["The kettle sings and nobody minds,", "the bus goes by with its yellow blinds,"] * 2


def _prices(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    lines += [f"{fish} {chance.randrange(9, 15)}.{chance.randrange(100):02} crowns" for fish in ("Cod", "Herring", "Mackerel")]


def _chronology(voice: Voice, chance: random.Random, lines: list[str]) -> None:
    for month in ("March", "April"):
        lines += [f"{chance.randrange(1, 29)} {month} {chance.randrange(2019, 2024)}", voice.sentence(chance)]


PARTS: dict[Part, float] = {
    _stock: 0.12, _stock_last: 0.12, _background: 0.15, _series: 0.08, _heading: 0.2, _scores: 0.06, _referee: 0.06, _table: 0.04,
    _recipe: 0.05, _live: 0.05, _song: 0.03, _prices: 0.05, _chronology: 0.05,
}  # fmt: skip
