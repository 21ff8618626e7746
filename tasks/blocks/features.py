"""The numbers that a block is judged by: its words, the elements around it, what is named like it, its place on the page."""

import re

import numpy as np

from tasks.blocks.class_cues import CUE_COUNT
from tasks.blocks.layout import FAR, Layout, Table, groups_by_name, last_marked, next_marked
from tasks.blocks.walk import AROUND, OTHER_TAG, TAG_IDS, TAGS, Blocks
from tasks.blocks.words import KINDS, NUMBERS, WORD, read_words
from tasks.facts import Facts

# Tags that say the same about their text share a column.
TAG_GROUPS = (
    "p", "div", "li", "h1", "h2", "h3", "h4 h5 h6", "td th tr", "ul ol", "dl dt dd", "blockquote", "pre", "section", "article main",
    "aside header footer", "figure figcaption", "body html form",
)  # fmt: skip
TAG_TABLE = np.zeros((OTHER_TAG + 1, len(TAG_GROUPS)), np.float32)
for _column, _group in enumerate(TAG_GROUPS):
    TAG_TABLE[[TAG_IDS[tag] for tag in _group.split()], _column] = 1
IS_HEADING = np.array([tag in ("h1", "h2", "h3", "h4", "h5", "h6") for tag in (*TAGS, "")])
CUES = np.arange(CUE_COUNT)
AROUND_SHIFTS = np.arange(len(AROUND))
SHARES = (0.3, 0.5, 0.75, 0.9)
# Bodies that hold markup or entities.
MARKUP = re.compile(r"<[^<>]{1,500}>|&#?\w{1,8};")


def _log(values: Table | float) -> Table:
    return np.asarray(np.log1p(values))


def block_features(blocks: Blocks, facts: Facts) -> Table:
    """A row of numbers for each block of a page that has any: float32, the same for the same page."""
    words = read_words(blocks, facts.title or "", facts.description or "")
    page = Layout(blocks, words)
    columns = [
        *_own(page, blocks),
        *_containers(page, blocks),
        *_cues(page, blocks),
        *_best_containers(page),
        *_direct(page),
        *_places(page),
        *_named_alike(page, blocks),
        *_windows(page),
        *_landmarks(page, blocks),
        *_declared(page, blocks, facts.declared_body or ""),
    ]
    return np.hstack([c if c.ndim == 2 else c[:, None] for c in columns]).astype(np.float32)


def _own(page: Layout, blocks: Blocks) -> list[Table]:
    words, chars = page.words, page.chars
    length = _log(chars)
    counts = words[:, 1]
    return [
        length,
        *(np.maximum(0, length - knee) for knee in (2.5, 3.5, 4.5, 5.5)),
        _log(words[:, 1:5]),
        words[:, 5:],
        page.link_share,
        np.minimum(np.array(blocks.bold, np.float32), chars) / chars,
        _log(np.array(blocks.links, np.float32)),
        _log(np.array(blocks.breaks, np.float32)),
        _log(chars / counts),
        words[:, 2] / counts,
        words[:, 3] / counts,
    ]


def _containers(page: Layout, blocks: Blocks) -> list[Table]:
    """The block's element and those above it: tags, and how much text, links and paragraphs they hold."""
    held = {name: sums[page.last] - sums[page.first] for name, sums in page.sums.items()}
    count = np.maximum(page.last - page.first, 1)
    numbers = np.stack(
        [
            held["chars"] / page.total,
            held["good"] / page.total_good,
            held["link"] / np.maximum(held["chars"], 1),
            _log(count),
            held["good"] / np.maximum(held["chars"], 1),
            _log(held["chars"] / count),
        ],
        1,
    )
    children, nth = _log(np.array(blocks.children)), _log(np.array(blocks.nth))
    c0, c1, c2, *_ = page.chain
    return [
        *(numbers[level] for level in page.chain),
        *(TAG_TABLE[page.tag[level]] for level in (c0, c1, c2)),
        _log(page.depth)[c0],
        nth[c0],
        children[c1],
        children[c2],
    ]


def _cues(page: Layout, blocks: Blocks) -> list[Table]:
    own = np.array(blocks.cues)[:, None] >> CUES & 1
    around = np.array(blocks.cues_around)[:, None] >> CUES & 1
    elements = np.array(blocks.around)[:, None] >> AROUND_SHIFTS & 1
    c0, c1, c2, *_ = page.chain
    return [own[c0], own[c1], own[c2], around[c0], elements[c0]]


def _best_containers(page: Layout) -> list[Table]:
    """For shares of all paragraph text: the deepest container that holds as much, and where the block stands to it."""
    share = (page.sums["good"][page.last] - page.sums["good"][page.first]) / page.total_good
    found: list[Table] = []
    for least in SHARES:
        holders = np.flatnonzero(share >= least)
        best = int(holders[np.argmax(page.depth[holders])]) if len(holders) else 0
        first, last = page.first[best], page.last[best]
        place = (page.at - first) / max(1, last - first)
        inside = (page.at >= first) & (page.at < last)
        found += [inside, np.clip(place, -1, 2), np.clip(page.depth[page.container] - page.depth[best], -5, 8)]
        if least == 0.5:
            chars, links = (page.sums[name][last] - page.sums[name][first] for name in ("chars", "link"))
            found += [np.full(page.n, links / max(chars, 1)), np.full(page.n, chars / page.total)]
    return found


def _direct(page: Layout) -> list[Table]:
    """Paragraph text that stands directly in the block's own element, in its parent, in the one above."""
    found = []
    for level in page.chain[:3]:
        held = np.bincount(level, page.good_chars, len(page.parent))
        found += [held[level] / page.total_good, level == int(np.argmax(held))]
    return found


def _places(page: Layout) -> list[Table]:
    paragraphs = np.flatnonzero(page.good > 0)
    first, last = (paragraphs[0], paragraphs[-1]) if len(paragraphs) else (0, 0)
    whole = [
        *(float(_log(size)) for size in (page.n, page.total, page.total_good)),
        page.total_good / page.total,
        len(paragraphs) / page.n,
    ]
    return [
        *_distance(page.at - first),
        *_distance(last - page.at),
        page.sums["chars"][:-1] / page.total,
        page.sums["good"][:-1] / page.total_good,
        _log(page.at),
        np.tile(whole, (page.n, 1)),
    ]


def _distance(steps: Table) -> list[Table]:
    """A signed number of blocks: its size, its direction, whether it is one step."""
    near = np.clip(steps, -FAR, FAR)
    sign = np.sign(near)
    return [sign * _log(np.abs(near)), sign > 0, sign * (np.abs(near) == 1), np.abs(steps) > FAR]


def _named_alike(page: Layout, blocks: Blocks) -> list[Table]:
    """All blocks in elements of the same tag and class, under parents of the same, or whatever the parents."""
    found = []
    for group in groups_by_name(blocks):
        count, chars, link, good, good_chars = (
            np.bincount(group, weights) for weights in (None, page.chars, page.link, page.good, page.good_chars)
        )
        table = [
            _log(count),
            chars / page.total,
            good_chars / page.total_good,
            link / np.maximum(chars, 1),
            good / count,
            _log(chars / count),
            np.arange(len(count)) == int(np.argmax(good_chars)),
        ]
        found.append(np.stack(table, 1)[group])
    return found


def _windows(page: Layout) -> list[Table]:
    chars, link, good = (page.sums[name] for name in ("chars", "link", "good"))
    found = []
    for width in (3, 8):
        low, high = np.maximum(0, page.at - width), np.minimum(page.n, page.at + width + 1)
        around = np.maximum(chars[high] - chars[low], 1)
        before, after = good[page.at] - good[low], good[high] - good[page.at + 1]
        found += [(good[high] - good[low]) / around, (link[high] - link[low]) / around, _log(before), _log(after)]
    return found


def _landmarks(page: Layout, blocks: Blocks) -> list[Table]:
    """How far the nearest paragraph, the last heading, the headline and the title are; copies of the same text."""
    at, n = page.at, page.n
    is_good = page.good > 0
    before, after = last_marked(is_good), next_marked(is_good)
    heading = IS_HEADING[page.tag[page.container]]
    above = last_marked(heading)
    # What the last heading announces ("Comments", "More on this") holds for the blocks below it.
    kinds = page.words[:, -len(KINDS) :] * heading[:, None]
    announced = np.where(above[:, None] >= 0, kinds[np.maximum(above, 0)], 0)
    headlines = np.flatnonzero(page.tag[page.container] == TAG_IDS["h1"])
    titles = np.flatnonzero(page.words[:, NUMBERS.index("title_likeness")] > 0.8)
    return [
        *_distance(at - np.concatenate(([-FAR - 1], before[:-1]))),
        *_distance(np.concatenate((after[1:], [n + FAR])) - at),
        heading,
        *_distance(at - above),
        announced,
        *_distance(at - (headlines[0] if len(headlines) else -2 * FAR - n)),
        *_distance(at - (titles[0] if len(titles) else -2 * FAR - n)),
        *_repeated(blocks),
    ]


def _repeated(blocks: Blocks) -> list[Table]:
    seen: dict[str, int] = {}
    again, first = np.zeros(len(blocks.text)), np.zeros(len(blocks.text))
    for number, text in enumerate(blocks.text):
        earlier = seen.setdefault(text[:80], number)
        if earlier != number:
            again[number] = first[earlier] = 1
    return [again, first]


def _declared(page: Layout, blocks: Blocks, body: str) -> list[Table]:
    """Whether a block begins as something in the body that JSON-LD declares; bodies are cut short, so absence says less."""
    letters = _letters(MARKUP.sub(" ", body))
    if not letters:
        return [np.zeros((page.n, 4))]
    starts = [_letters(text[:120])[:60] for text in blocks.text]
    found = np.array([len(start) > 8 and start in letters for start in starts])
    missing = np.array([len(start) > 8 and start not in letters for start in starts])
    share = float((page.chars * found).sum() / max(1.0, float((page.good_chars).sum())))
    return [found, missing, np.full(page.n, min(share, 2.0)), np.full(page.n, min(2.0, len(letters) / page.total_good))]


def _letters(text: str) -> str:
    return "".join(WORD.findall(text.lower()))
