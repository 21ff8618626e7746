"""Which lines are furniture: decided for whole sites, by how many pages have them and by where they stand."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.site_lines.counting import Bits, Groups, Hashes, Ints, Least, Pages, find_pages, mixed, numbered
from tasks.site_lines.edges import at_edge, make_chain
from tasks.site_lines.marks import Mark
from tasks.site_lines.overrules import Overrules, is_kept

# Buttons, captions, and lines in which a site speaks of itself.
FEW = Least(3, 0.03)
# A label whose words tell nothing: on fewer pages it is how a letter closes, where a report comes from, what a list begins with.
SOME = Least(5, 0.1)
# FEW is enough for it where so many pages of the site have a label that is as rare: the names of its sections.
SLOT_SHARE = 0.3
# What looks like body (sentences, items, values): no sentence of the articles themselves is on half the pages of a site.
MOST = Least(5, 0.5)
# A date line by its words alone: the site writes it on its pages, not a chronology now and then.
MANY = Least(3, 0.3)
# Of the pages that have the line at all, so many have it at an edge.
EDGE_SHARE, WEIGHTY_EDGE_SHARE = 0.8, 0.9
NEAR_END = 15
CUTS_SCHEMA = pa.schema(
    [
        pa.field("node", pa.uint64(), metadata={"description": "the article"}),
        pa.field("at", pa.int32(), metadata={"description": "index of the line in its text"}),
        pa.field("rule", pa.string(), metadata={"description": "button | edge | date | caption | related"}),
    ]
)
RULES = ("button", "edge", "date", "caption", "related")


class Rows(NamedTuple):
    """The columns of all rows, and the marks that are asked for often."""

    site: Hashes
    node: Hashes
    line: Hashes
    mask: Hashes
    marks: Ints
    above: Ints
    below: Ints

    def has(self, mark: Mark) -> Bits:
        """Rows with any of these marks."""
        found: Bits = (self.marks & int(mark)) != 0
        return found


def furniture(rows: pa.Table, stories: pa.Table, overrules: Overrules) -> pa.Table:
    """Cuts (``CUTS_SCHEMA``, sorted) for all articles of the sites in ``rows``, which must hold these sites whole.

    ``stories``: node and story (both uint64) of the articles that have near copies, the same story for all of them: they count
    as one page. Others need no row.
    """
    columns = _read(rows)
    pages = find_pages(columns.site, _stories(columns.node, stories), _ints(rows, "month"))
    is_line = ~columns.has(Mark.TITLE | Mark.REST | Mark.ASIDE)
    found = np.zeros(columns.site.shape, np.int8)
    # In the order of the rules: the first that finds a line names it.
    for number, bits in enumerate(_by_rules(columns, pages, is_line), 1):
        found[(found == 0) & bits] = number
    found[is_kept(overrules, columns.site, columns.line, columns.mask)] = 0
    return _cuts(rows, found)


def _by_rules(rows: Rows, pages: Pages, is_line: Bits) -> tuple[Bits, ...]:
    keys = mixed(rows.site, rows.line)
    is_known = is_line | rows.has(Mark.ASIDE)
    exact = Groups(pages, keys, is_known)
    loose = Groups(pages, mixed(rows.site ^ np.uint64(1), rows.mask), is_known & (rows.mask > 0))
    is_cue = is_known & rows.has(Mark.CUE)
    button = is_line & is_cue & (exact.spread(exact.reach(is_cue, FEW)) | loose.spread(loose.reach(is_cue, FEW)))
    caption = _captions(rows, pages, is_line)
    own, related = _titles(rows, pages, keys, is_line)
    edge, date, is_last = _edges(rows, (exact, loose), is_line, button | caption | own | (related & is_line))
    near_end = is_last & (rows.below < NEAR_END) & ~rows.has(Mark.SENTENCE)
    return button, edge & ~own, date & ~own, caption, related & (near_end | rows.has(Mark.REST))


def _captions(rows: Rows, pages: Pages, is_line: Bits) -> Bits:
    """Captions with a credit, wherever they stand, on sites that leave them in the text again and again."""
    is_caption = is_line & rows.has(Mark.CAPTION)
    by_site = Groups(pages, rows.site, is_caption)
    return is_caption & by_site.spread(by_site.reach(is_caption, FEW))


def _titles(rows: Rows, pages: Pages, keys: Hashes, is_line: Bits) -> tuple[Bits, Bits]:
    """Lines that are their own article's title, and those that are the title of another article of the site."""
    is_title = rows.has(Mark.TITLE)
    of_page = mixed(keys, pages.page.astype(np.uint64))
    own = ~is_title & np.isin(of_page, of_page[is_title])
    known = np.isin(keys, keys[is_title & rows.has(Mark.HEADLINE)])
    return own & is_line, ~is_title & known & ~own & rows.has(Mark.HEADLINE)


def _edges(rows: Rows, groups: tuple[Groups, Groups], is_line: Bits, known: Bits) -> tuple[Bits, Bits, Bits]:
    """Lines that stand at an edge on enough pages, date lines by their words alone, and which rows reach the last line.

    Lines make each other's way to the edge, so all that could be furniture is taken for it, and what then does not stand at an
    edge on enough pages is dropped until nothing more has to be: the largest set that bears itself, whatever the order of rows.
    """
    exact, loose = groups
    walk, judge = _Walk(rows, is_line), _Judge(rows, exact, is_line)
    aside = rows.has(Mark.ASIDE)
    may = is_line & ~rows.has(Mark.INWARD)
    edge = exact.spread(np.ones(exact.count, bool)) & may
    date = loose.spread(np.ones(loose.count, bool)) & may & ~rows.has(Mark.CUE)
    while True:
        reached = walk.reached(edge | date | known)
        still_edge = edge & judge.bears(reached)
        dates = (loose.share(reached.wide | aside, is_line | aside) >= WEIGHTY_EDGE_SHARE) & loose.reach(reached.wide | aside, MANY)
        still_date = date & loose.spread(dates)
        if np.array_equal(edge, still_edge) and np.array_equal(date, still_date):
            return edge & reached.wide, date & reached.wide, reached.is_last
        edge, date = still_edge, still_date


class _Reached(NamedTuple):
    """Rows of furniture at the head and the tail by way of furniture alone; ``wide``, ``is_last``: past a few other lines too."""

    head: Bits
    tail: Bits
    wide: Bits
    is_last: Bits


class _Walk:
    """From both ends of all texts inwards."""

    def __init__(self, rows: Rows, is_line: Bits) -> None:
        self._lines = np.flatnonzero(is_line)
        text = numbered(rows.node[self._lines])
        self._chains = [make_chain(text, distance[self._lines]) for distance in (rows.above, rows.below)]
        self._blocks = (rows.has(Mark.SENTENCE) & ~rows.has(Mark.CAPTION))[self._lines]
        self._count = len(is_line)

    def reached(self, is_furniture: Bits) -> _Reached:
        """How far one comes over these rows."""
        ours = is_furniture[self._lines]
        (head, wide_head), (tail, wide_tail) = (at_edge(chain, ours, self._blocks) for chain in self._chains)
        return _Reached(*map(self._spread, (head, tail, wide_head | wide_tail, wide_tail)))

    def _spread(self, of_lines: Bits) -> Bits:
        found = np.zeros(self._count, bool)
        found[self._lines] = of_lines
        return found


class _Judge:
    """Whether lines stand at an edge often enough for what they look like."""

    def __init__(self, rows: Rows, groups: Groups, is_line: Bits) -> None:
        self._groups, self._aside = groups, rows.has(Mark.ASIDE)
        self._is_known = is_line | self._aside
        self._is_weighty = groups.any(rows.has(Mark.WEIGHTY))
        self._is_talk = groups.any(rows.has(Mark.TALK))
        self._sites = Groups(groups.where, rows.site, is_line)
        # By all its lines, whether they stand at an edge or not: a fact that stays while others are dropped.
        self._is_rare = ~groups.reach(self._is_known, SOME)

    def bears(self, reached: _Reached) -> Bits:
        """Rows of the lines that do."""
        groups = self._groups
        wide = reached.wide | self._aside
        share = groups.share(wide, self._is_known)
        light = ~self._is_weighty & (share >= EDGE_SHARE)
        enough = light & (groups.reach(wide, SOME) | (self._is_talk & groups.reach(wide, FEW)))
        heavy = self._is_weighty & (share >= WEIGHTY_EDGE_SHARE) & groups.reach(wide, MOST)
        few = light & self._is_rare & groups.reach(reached.head | reached.tail, FEW)
        return groups.spread(enough | heavy) | self._in_slots(groups.spread(few), reached)

    def _in_slots(self, few: Bits, reached: _Reached) -> Bits:
        """Rare labels at the end of a text where many of the site's pages have one of them."""
        sites = self._sites
        in_slots = [few & side & sites.spread(sites.is_on(few & side, SLOT_SHARE)) for side in (reached.head, reached.tail)]
        return self._groups.spread(self._groups.any(in_slots[0] | in_slots[1]))


def _read(rows: pa.Table) -> Rows:
    site, node, line, mask = (rows.column(name).to_numpy().astype(np.uint64) for name in ("site", "node", "line", "mask"))
    return Rows(site, node, line, mask, *(_ints(rows, name) for name in ("marks", "above", "below")))


def _ints(rows: pa.Table, name: str) -> Ints:
    found: Ints = rows.column(name).to_numpy().astype(np.int64)
    return found


def _stories(node: Hashes, stories: pa.Table) -> Hashes:
    """The story of every row: its own node where the article has no copies."""
    if not stories.num_rows:
        return node
    known, story = (stories.column(name).to_numpy().astype(np.uint64) for name in ("node", "story"))
    order = np.argsort(known, kind="stable")
    place = np.minimum(np.searchsorted(known[order], node), len(known) - 1)
    is_there = known[order][place] == node
    return np.where(is_there, story[order][place], node)


def _cuts(rows: pa.Table, found: npt.NDArray[np.int8]) -> pa.Table:
    """Each line once: a link and the headline behind it are two rows of one line."""
    chosen = np.flatnonzero(found)
    cuts = rows.select(["node", "at"]).take(chosen).append_column("number", pa.array(found[chosen] - 1))
    cuts = cuts.group_by(["node", "at"]).aggregate([("number", "min")]).sort_by([("node", "ascending"), ("at", "ascending")])
    rules = pc.take(pa.array(RULES, pa.string()), cuts.column("number_min"))
    return pa.table([cuts.column("node"), cuts.column("at"), rules], schema=CUTS_SCHEMA)
