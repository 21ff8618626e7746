"""Articles with copies of known likeness, made from the sentences of real ones: the same at every run."""

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize

import numpy as np
import numpy.typing as npt

from tests.editions import text_of
from tests.quality.pages import collection, read_pages

LEVELS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
# A known similarity is met up to this, from above.
CLOSENESS = 0.005
SITES, LEAKY_SITES = 40, 10
WORD = re.compile(r"\w+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
SPELLINGS = (
    ("ise", "ize"), ("isation", "ization"), ("our ", "or "), ("centre", "center"), ("programme", "program"), ("defence", "defense"),
    ("per cent", "percent"), ("travelled", "traveled"), ("labour", "labor"), ("towards", "toward"), ("government's", "government\u2019s"),
)  # fmt: skip
NAMES = ("Jo Smith", "Ana Lima", "Wei Chen", "Omar Haddad", "Eva Novak")
TOWNS = ("BERLIN", "LAGOS", "LIMA", "OSAKA", "DELHI")

Numbers = npt.NDArray[np.uint64]
Edit = Callable[[random.Random, list[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Made:
    """An article: the number of the story it tells, how it was made of it, its exact similarity to it."""

    text: str
    story: int
    kind: str
    similarity: float


@cache
def number_of(word: str) -> int:
    """A number for each word, the same in one run."""
    return random.Random(word).getrandbits(63)


def shingles(text: str) -> Numbers:
    """Sets of five words in a row, as numbers, told without any code that is measured here."""
    found = WORD.findall(text.lower())
    found += [""] * (5 - len(found))
    numbers = np.array([number_of(word) for word in found], np.uint64)
    odd = np.array([3, 0x10001, 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7], np.uint64)
    mixed = (np.lib.stride_tricks.sliding_window_view(numbers, 5) * odd).sum(axis=1, dtype=np.uint64)
    mixed ^= mixed >> np.uint64(31)
    return np.unique(mixed * np.uint64(0xBF58476D1CE4E5B9))


def exact(one: Numbers, other: Numbers) -> float:
    """Jaccard similarity of two sets of shingles."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


@cache
def sentences() -> tuple[str, ...]:
    """Sentences of real articles in Latin letters; of made ones where the collections are not."""
    texts = [
        page["text"]
        for name in ("articles_body", "articles_news")
        if collection(name).exists()
        for page in read_pages(collection(name))
    ]
    texts = [text for text in texts if text and sum(letter.isascii() for letter in text) > 0.9 * len(text)]
    # Composed: whether a sign is a part of its letter is no matter here.
    texts = [normalize("NFC", text) for text in texts] or [text_of(("bench", number), 400) for number in range(200)]
    every = (sentence.strip() for text in texts for line in text.splitlines() for sentence in SENTENCE_END.split(line))
    return tuple(sorted({sentence for sentence in every if 6 <= len(sentence.split()) <= 60}))


@cache
def vocabulary() -> tuple[str, ...]:
    """Words of these sentences."""
    return tuple(sorted({word for sentence in sentences() for word in sentence.split()}))


def story_text(random_: random.Random, least_words: int = 60) -> str:
    """A story of real sentences, a word in ten another one, with as many words as news has: half of them 250 to 700."""
    most = min(1_500, max(least_words, int(random_.lognormvariate(6.05, 0.6))))
    paragraphs, number = list[str](), 0
    while number < most:
        some = " ".join(random_.choice(sentences()) for _ in range(random_.randint(1, 4))).split(" ")
        paragraphs.append(" ".join(random_.choice(vocabulary()) if random_.random() < 0.1 else word for word in some))
        number += len(some)
    return "\n".join(paragraphs)


def at_similarity(random_: random.Random, text: str, level: float) -> tuple[str, float]:
    """The text with words replaced, inserted and deleted until it is just as much like the one before; and how much."""
    before, words, likeness, place = shingles(text), text.split(" "), 1.0, 0
    for _ in range(4_000):
        if likeness <= level + CLOSENESS:
            break
        # Close to the aim, beside the last edit: there a word changes one shingle, and elsewhere five.
        place = place + 1 if likeness < level + 0.04 else random_.randrange(len(words))
        tried = (
            words[: place % len(words)]
            + random_.choices(vocabulary(), k=random_.choice((0, 1, 1, 2)))
            + words[place % len(words) + 1 :]
        )
        told = exact(before, shingles(" ".join(tried)))
        if told >= level:
            words, likeness = tried, told
    return " ".join(words), likeness


def other_lead(random_: random.Random, paragraphs: list[str]) -> list[str]:
    """Another headline and another first paragraph."""
    return [" ".join(random_.sample(vocabulary(), 9)), " ".join(random_.sample(sentences(), 2)), *paragraphs[1:]]


def without_one(random_: random.Random, paragraphs: list[str]) -> list[str]:
    """A paragraph less."""
    place = random_.randrange(len(paragraphs))
    return paragraphs[:place] + paragraphs[place + 1 :] or paragraphs


def signed(random_: random.Random, paragraphs: list[str]) -> list[str]:
    """Who wrote it, and where."""
    return [f"By {random_.choice(NAMES)}", f"{random_.choice(TOWNS)}, 3 December (Agency) \u2013 {paragraphs[0]}", *paragraphs[1:]]


def with_tail(random_: random.Random, paragraphs: list[str]) -> list[str]:
    """The last lines of an agency."""
    one, other = random_.sample(NAMES, 2)
    return [*paragraphs, f"(Reporting by {one}; editing by {other})", "\u00a9 2024 Agency. All rights reserved. Click for more."]


def reordered(random_: random.Random, paragraphs: list[str]) -> list[str]:
    """Its paragraphs in another order."""
    return random_.sample(paragraphs, len(paragraphs))


def respelled(random_: random.Random, paragraphs: list[str]) -> list[str]:
    """British spelling made American, and the other way round."""
    pairs = SPELLINGS if random_.random() < 0.5 else tuple(pair[::-1] for pair in SPELLINGS)
    for one, other in pairs:
        paragraphs = [text.replace(one, other) for text in paragraphs]
    return paragraphs


def unchanged(_: random.Random, paragraphs: list[str]) -> list[str]:
    """As it was."""
    return paragraphs


def several(random_: random.Random, paragraphs: list[str]) -> list[str]:
    """Signed, respelled, and with a tail."""
    return with_tail(random_, respelled(random_, signed(random_, paragraphs)))


EDITS: dict[str, Edit] = {
    "the same, elsewhere": unchanged, "headline and lead": other_lead, "a paragraph dropped": without_one,
    "byline and dateline": signed, "agency's tail": with_tail, "another order": reordered, "spelling": respelled,
    "byline, spelling, tail": several,
}  # fmt: skip


@cache
def furniture(site: int) -> tuple[list[str], list[str]]:
    """What a site leaves above and below each of its texts: nothing, but for one site in four."""
    random_ = random.Random(f"site {site}")
    return (random_.sample(sentences(), 1), random_.sample(sentences(), 2)) if site < LEAKY_SITES else ([], [])


def on_site(site: int, text: str) -> str:
    """A text as it is taken from a page of the site."""
    above, below = furniture(site % SITES)
    return "\n".join([*above, text, *below])


def pairs_at_levels(random_: random.Random, number: int) -> Iterable[tuple[Made, Made]]:
    """Pairs of a story and a copy of known similarity, of all levels by turns."""
    for story in range(number):
        level = LEVELS[story % len(LEVELS)]
        text = on_site(random_.randrange(SITES), story_text(random_, 250))
        copy, likeness = at_similarity(random_, text, level)
        yield Made(text, story, "story", 1.0), Made(copy, story, f"{level:g}", likeness)


def edited_stories(random_: random.Random, number: int, first: int) -> Iterable[Made]:
    """Stories with one to five edited copies on other sites, until there are so many copies."""
    kinds, made, story = list(EDITS), 0, first
    while made < number:
        body, site = story_text(random_), random_.randrange(SITES)
        text = on_site(site, body)
        before = shingles(text)
        yield Made(text, story, "story", 1.0)
        for _ in range(min(random_.choice((1, 1, 1, 2, 3, 5)), number - made)):
            kind = kinds[made % len(kinds)]
            copy = on_site(site + random_.randrange(1, SITES), "\n".join(EDITS[kind](random_, body.split("\n"))))
            yield Made(copy, story, kind, exact(before, shingles(copy)))
            made += 1
        story += 1


def make_articles(number: int, seed: int = 0) -> list[Made]:
    """So many articles, three in ten of them copies, in an order that tells nothing."""
    random_ = random.Random(seed)
    copies = number * 3 // 10
    paired = [one for pair in pairs_at_levels(random_, copies * 4 // 10) for one in pair]
    edited = list(edited_stories(random_, copies - len(paired) // 2, len(paired) // 2))
    first = len(paired) // 2 + len(edited)
    others = [
        Made(on_site(random_.randrange(SITES), story_text(random_)), first + place, "story", 1.0)
        for place in range(number - len(paired) - len(edited))
    ]
    every = [*paired, *edited, *others]
    random_.shuffle(every)
    return every


def pairs_alike(every: list[Numbers], least: float) -> set[tuple[int, int]]:
    """All pairs of sets at least so similar, found exactly: two of these share one of their rarest shingles."""
    flat = np.concatenate(every)
    _, places, counts = np.unique(flat, return_inverse=True, return_counts=True)
    often, buckets, found = counts[places], dict[int, list[int]](), set[tuple[int, int]]()
    ends = np.cumsum([len(some) for some in every])
    for one, some in enumerate(every):
        own = slice(ends[one] - len(some), ends[one])
        order = np.lexsort((some, often[own]))[: len(some) - int(np.ceil(least * len(some) - 1e-9)) + 1]
        near = {other for shingle in some[order].tolist() for other in buckets.get(shingle, ())}
        found |= {(other, one) for other in near if exact(every[other], some) >= least}
        for shingle in some[order].tolist():
            buckets.setdefault(shingle, []).append(one)
    return found
