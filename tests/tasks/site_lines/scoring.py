"""What cutting does to a made-up site: the site's lines that are left, the article's that are lost."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from tasks.plain_text.reading import read_plain_article
from tasks.site_lines.furniture import furniture
from tasks.site_lines.overrules import Overrules
from tasks.site_lines.rows import line_rows
from tests.tasks.site_lines.sites import ARTICLE, SITE, Line, Page, articles

NO_COPIES = pa.table({"node": pa.array([], pa.uint64()), "story": pa.array([], pa.uint64())})
Read = Callable[[Page], tuple[list[Line], tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Score:
    """Lines by label: ``there`` before cutting, ``cut`` by it; and the lines that went wrong, the lost ones behind their rule."""

    there: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Score") -> None:
        for own, more in zip(self.parts, other.parts, strict=True):
            own.update(more)

    @property
    def parts(self) -> tuple[Counter[str], ...]:
        return self.there, self.cut, self.left, self.lost


def as_raw(page: Page) -> tuple[list[Line], tuple[str, ...]]:
    """The text as it is."""
    return list(page.lines), ()


def as_read(page: Page) -> tuple[list[Line], tuple[str, ...]]:
    """What our reader of plain text makes of it, each line with its label, and what it sets aside."""
    labels = {" ".join(line.split()): label for line, label in page.lines}
    read = read_plain_article(page.text, None)
    return [(line, labels.get(line, ARTICLE)) for line in read.text.split("\n") if line], read.set_aside


def score_site(pages: Sequence[Page], read: Read = as_raw, stories: pa.Table = NO_COPIES) -> Score:
    """Cut a site and count."""
    read_pages = [read(page) for page in pages]
    lines = {page.number: of_page for page, (of_page, _) in zip(pages, read_pages, strict=True)}
    aside = pa.array([list(of_page) for _, of_page in read_pages], pa.list_(pa.string()))
    texts = ["\n".join(line for line, _ in lines[page.number]) for page in pages]
    cuts = furniture(line_rows(articles(pages, texts).append_column("set_aside", aside)), stories, Overrules())
    rules = {(cut["node"], cut["at"]): cut["rule"] for cut in cuts.to_pylist()}
    score = Score()
    for number, of_page in lines.items():
        for at, (line, label) in enumerate(of_page):
            rule = rules.get((number, at))
            score.there[label] += 1
            score.cut[label] += rule is not None
            if label == SITE and rule is None:
                score.left[line] += 1
            if label == ARTICLE and rule is not None:
                score.lost[f"{rule}: {line}"] += 1
    return score
