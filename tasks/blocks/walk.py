"""From a tree to its blocks: runs of text between block elements, each with the chain of elements around it."""

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from tasks.blocks.class_cues import ARTICLE_BODY, HIDDEN, ROLE_CUES, cues_of

_BLOCK, _PLAIN, _LINK, _BOLD, _SKIP, _BREAK = range(6)
_INLINE = (
    "abbr acronym bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike sub sup time tt u var "
    "wbr nobr ruby rb rt rp"
)
# What holds no text of the page, or a menu.
_SKIPPED = (
    "script style noscript template svg math iframe object embed canvas audio video select option button input textarea head nav "
    "map area img picture source hr dialog menu"
)
# How an element is read; all others are blocks.
KINDS = (
    dict.fromkeys(_INLINE.split(), _PLAIN)
    | dict.fromkeys(_SKIPPED.split(), _SKIP)
    | {"a": _LINK, "b": _BOLD, "strong": _BOLD, "br": _BREAK}
)
TAGS = (
    "p div li h1 h2 h3 h4 h5 h6 td th tr table ul ol dl dt dd blockquote pre section article main aside header footer figure "
    "figcaption form body center address details summary fieldset hgroup tbody thead html"
).split()
TAG_IDS = {tag: number for number, tag in enumerate(TAGS)}
OTHER_TAG = len(TAGS)
# Elements whose descendants are told from others.
AROUND = (
    "article",
    "main",
    "aside",
    "header",
    "footer",
    "figure",
    "figcaption",
    "form",
    "table",
    "blockquote",
    "ul",
    "details",
    "td",
)
AROUND_BITS = {tag: 1 << bit for bit, tag in enumerate(AROUND)} | {"ol": 1 << AROUND.index("ul"), "dl": 1 << AROUND.index("ul")}
# Stands for <br> until a block is done: text nodes hold no NUL.
BREAK = "\0"
# Soft hyphens, zero-width spaces and marks of direction; the joiners of Persian and Hindi are letters' own.
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@dataclass(slots=True)
class Blocks:
    """The blocks of a page in its order, and the containers (block elements) that they stand in; parallel lists.

    A block: ``text`` (lines as <br> parts them), ``container`` (index), ``link`` and ``bold`` (characters), ``links``,
    ``breaks``. A container: ``parent`` (index; the root is its own), ``tag`` (index in TAGS), ``cues`` and ``cues_around``
    (bits of class_cues, own and with all above), ``around`` (bits of AROUND), ``depth``, ``first`` and ``last`` (its blocks,
    half-open), ``name`` (tag and class), ``children`` (containers within), ``nth`` (place among them).
    """

    text: list[str] = field(default_factory=list)
    container: list[int] = field(default_factory=list)
    link: list[int] = field(default_factory=list)
    bold: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    tag: list[int] = field(default_factory=list)
    cues: list[int] = field(default_factory=list)
    cues_around: list[int] = field(default_factory=list)
    around: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    children: list[int] = field(default_factory=list)
    nth: list[int] = field(default_factory=list)


def read_blocks(tree: HtmlElement) -> Blocks:
    """Read the blocks of a parsed page (whose depth the parser has bounded); the tree stays as it was."""
    body = tree.find("body")
    walker = _Walker()
    walker.walk(tree if body is None else body)
    return walker.blocks


class _Walker:
    """One walk over a tree: what was read since the last block, and whether it stands in a link or in bold."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.pieces: list[str] = []
        self.in_link = self.in_bold = 0
        self.link = self.bold = self.links = self.breaks = 0

    def walk(self, root: HtmlElement) -> None:
        self._container(root, root.tag, 0)

    def _inside(self, element: HtmlElement, at: int) -> None:
        text = element.text
        if text:
            self._add(text)
        for child in element:
            tag = child.tag
            kind = KINDS.get(tag, _BLOCK)
            if kind == _BLOCK:
                if tag.__class__ is str:
                    if self.pieces:
                        self._flush(at)
                    self._container(child, tag, at)
            elif kind == _PLAIN:
                self._inside(child, at)
            elif kind == _SKIP:
                self.pieces.append(" ")
            elif kind == _BREAK:
                self._break(at)
            else:
                self._marked(child, kind, at)
            text = child.tail
            if text:
                self._add(text)

    def _marked(self, element: HtmlElement, kind: int, at: int) -> None:
        if kind == _LINK:
            self.links += 1
            self.in_link += 1
            self._inside(element, at)
            self.in_link -= 1
        else:
            self.in_bold += 1
            self._inside(element, at)
            self.in_bold -= 1

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        if self.in_link or self.in_bold:
            length = len(text.strip())
            self.link += length if self.in_link else 0
            self.bold += length if self.in_bold else 0

    def _break(self, at: int) -> None:
        """One break parts lines, two part blocks."""
        if self.pieces and self.pieces[-1] == BREAK:
            self._flush(at)
        else:
            self.pieces.append(BREAK)
            self.breaks += 1

    def _flush(self, at: int) -> None:
        blocks = self.blocks
        text = _clean("".join(self.pieces), is_pre=blocks.tag[at] == TAG_IDS["pre"])
        self.pieces.clear()
        if text:
            blocks.text.append(text)
            blocks.container.append(at)
            blocks.link.append(self.link)
            blocks.bold.append(self.bold)
            blocks.links.append(self.links)
            blocks.breaks.append(self.breaks)
        self.link = self.bold = self.links = self.breaks = 0

    def _container(self, element: HtmlElement, tag: str, parent: int) -> None:
        """Read a block element and all within it; the root is its own parent."""
        blocks = self.blocks
        at = len(blocks.parent)
        label, cues = _hints(element)
        blocks.parent.append(parent)
        blocks.tag.append(TAG_IDS.get(tag, OTHER_TAG))
        blocks.cues.append(cues)
        blocks.cues_around.append(blocks.cues_around[parent] | cues if at else cues)
        blocks.around.append(blocks.around[parent] | AROUND_BITS.get(tag, 0) if at else 0)
        blocks.depth.append(blocks.depth[parent] + 1 if at else 0)
        blocks.first.append(len(blocks.text))
        blocks.last.append(0)
        blocks.name.append(f"{tag}.{label}")
        blocks.children.append(0)
        blocks.children[parent] += at > 0
        blocks.nth.append(blocks.children[parent])
        self._inside(element, at)
        if self.pieces:
            self._flush(at)
        blocks.last[at] = len(blocks.text)


def _hints(element: HtmlElement) -> tuple[str, int]:
    """The class of an element, and the bits of class_cues for its class, id, role, itemprop and style."""
    label, name, cues = "", "", 0
    for key, value in element.items():
        if key == "class":
            label = value
        elif key == "id":
            name = value
        elif key == "role":
            cues |= ROLE_CUES.get(value.lower(), 0)
        elif key == "itemprop":
            cues |= ARTICLE_BODY if "articlebody" in value.lower() else 0
        elif key == "hidden" or (key == "aria-hidden" and value == "true") or (key == "style" and _is_unseen(value)):
            cues |= HIDDEN
    if label or name:
        cues |= cues_of(f"{label} {name}" if name else label)
    return label, cues


def _is_unseen(style: str) -> bool:
    return "none" in style and "display" in style


def _clean(text: str, is_pre: bool) -> str:
    """White space collapsed within lines, empty lines left out."""
    if not text.isascii():
        text = INVISIBLE.sub("", text)
    if is_pre:
        lines = text.replace(BREAK, "\n").expandtabs(4).split("\n")
        return "\n".join(line.rstrip() for line in lines if line.strip())
    if BREAK not in text:
        return " ".join(text.split())
    lines = [" ".join(line.split()) for line in text.split(BREAK)]
    return "\n".join(line for line in lines if line)
