"""What becomes of articles in an edition: which copies, which lines, which of them stay, and why the others do not."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.components import load_component
from tasks.curating.recipe import EditionRecipe
from tasks.curating.rows import contents, nodes_of
from tasks.curating.tables import places_in
from tasks.editions import CUT_LINES, EDITION_SCHEMA, SET_ASIDE_SCHEMA
from tasks.masking import mask
from tasks.reasons import Reason
from tasks.records import Article, Rejection
from tasks.site_lines.cutting import CutLine, cut_text
from tasks.text_facts import count_words, text_digest

Check = Callable[[Article], Rejection | None]
Cuts = Mapping[int, Mapping[int, str]]
# All that people wrote, but for addresses: these say where an article is from.
MASKED_COLUMNS = ("site_name", "title", "description", "markdown", "section", "licence")
MASKED_LISTS = ("captions", "set_aside", "authors", "tags")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of articles from elsewhere: clusters (rows of ``CLUSTERS``, by node) and lines to cut (rules by node, line)."""

    clusters: pa.Table
    cuts: Cuts


@dataclass(frozen=True, slots=True)
class Decided:
    """Rows that stay (``EDITION_SCHEMA``) and that do not (``SET_ASIDE_SCHEMA``), both in the order that they came in.

    ``cut_lines``: lines that were taken out of those that stay.
    """

    kept: pa.Table
    aside: pa.Table
    cut_lines: int


class Decider:
    """Decides by one recipe."""

    def __init__(self, recipe: EditionRecipe, known: Known) -> None:
        """Raises FixTheRun for filters that there are not."""
        self.recipe, self.known = recipe, known
        self._checks: list[Check] = [load_component("filters", name).make(option) for name, option in recipe.filters]
        self._asked: dict[str, frozenset[int]] = {}

    def decide(self, articles: pa.Table) -> Decided:
        """Decide on articles (``WHOLE_SCHEMA``), sorted by time and id."""
        nodes = nodes_of(articles)
        table, is_original, stands = _with_clusters(articles, nodes, self.known.clusters)
        table = self._with_cuts(table, nodes, stands)
        reasons = self._reasons(table, stands, is_original)
        table = self._masked(table).select(EDITION_SCHEMA.names).cast(EDITION_SCHEMA)
        stays = np.array([reason is None for reason, _ in reasons], np.bool_)
        aside = [pair for pair in reasons if pair[0] is not None]
        columns = [pa.array([pair[place] for pair in aside], pa.string()) for place in (0, 1)]
        set_aside = table.filter(pa.array(~stays)).append_column("reason", columns[0]).append_column("detail", columns[1])
        kept = table.filter(pa.array(stays))
        cut_lines = pc.sum(pc.list_value_length(kept.column("cut_lines"))).as_py() or 0
        return Decided(kept, set_aside.cast(SET_ASIDE_SCHEMA), cut_lines)

    def _with_cuts(self, table: pa.Table, nodes: Any, stands: Any) -> pa.Table:
        """Take lines of the site out of the texts; digest and words are counted anew where that changes something.

        Lines are counted from the text of the row that stands for a capture: others keep theirs.
        """
        texts, removed = table.column("text").to_pylist(), list[list[CutLine]]([[]] * len(table))
        digests, words = (table.column(name).to_pylist() for name in ("text_sha256", "word_count"))
        if self.recipe.cuts_lines:
            domains = table.column("domain").to_pylist()
            for row, node in enumerate(nodes.tolist()):
                if not stands[row]:
                    continue
                cuts, asked = self.known.cuts.get(node, {}), self._asked_of(domains[row])
                if cuts or asked:
                    texts[row], removed[row] = cut_text(texts[row], cuts, asked)
                if removed[row]:
                    digests[row], words[row] = facts_of_text(texts[row])
        table = _with_texts(table, texts, digests, words)
        return table.append_column("cut_lines", pa.array(removed, CUT_LINES))

    def _asked_of(self, domain: str) -> frozenset[int]:
        if domain not in self._asked:
            self._asked[domain] = self.recipe.overrules.cut_at(domain)
        return self._asked[domain]

    def _reasons(self, table: pa.Table, stands: Any, is_original: Any) -> list[tuple[str | None, str | None]]:
        """For each row why it does not stay, and what exactly; (None, None): it does."""
        found: list[tuple[str | None, str | None]] = []
        view = _View(table)
        clusters = table.column("cluster_id").to_pylist()
        for row in range(len(table)):
            if not stands[row]:
                found.append((Reason.SAME_CAPTURE.value, None))
            elif self.recipe.keep == "originals" and not is_original[row]:
                found.append((Reason.COPY.value, f"of cluster {clusters[row]}"))
            else:
                found.append(self._checked(view.at(row)))
        return found

    def _checked(self, article: Article) -> tuple[str | None, str | None]:
        for check in self._checks:
            if rejection := check(article):
                return rejection.reason.value, rejection.detail
        return None, None

    def _masked(self, table: pa.Table) -> pa.Table:
        if not self.recipe.mask or not len(table):
            return table
        kinds = self.recipe.mask
        texts = [mask(text, kinds)[0] for text in table.column("text").to_pylist()]
        for name in MASKED_COLUMNS:
            values = [mask(value, kinds)[0] if value else value for value in table.column(name).to_pylist()]
            table = _replaced(table, name, values)
        for name in MASKED_LISTS:
            lists = [[mask(value, kinds)[0] for value in values or ()] for values in table.column(name).to_pylist()]
            table = _replaced(table, name, lists)
        cuts = table.column("cut_lines").to_pylist()
        table = _replaced(table, "cut_lines", [[{**one, "text": mask(one["text"], kinds)[0]} for one in cut] for cut in cuts])
        digests, words = zip(*map(facts_of_text, texts), strict=True)
        return _with_texts(table, texts, list(digests), list(words))


def facts_of_text(text: str) -> tuple[str, int]:
    """What stands beside a text in its row: digest, words."""
    return text_digest(text), count_words(text)


def _replaced(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(place), pa.array(values, table.schema.field(place).type))


def _with_texts(table: pa.Table, texts: list[str], digests: list[str], words: list[int]) -> pa.Table:
    for name, values in (("text", texts), ("text_sha256", digests), ("word_count", words)):
        table = _replaced(table, name, values)
    return table


def _with_clusters(articles: pa.Table, nodes: Any, known: pa.Table) -> tuple[pa.Table, Any, Any]:
    """Add the columns of clusters: an article without copies is a cluster of its own.

    Gives besides which rows are originals, and which stand for their capture, where it lies in several archives.
    """
    ids, sizes, is_original = articles.column("id").to_pylist(), np.ones(len(nodes), np.int32), np.ones(len(nodes), np.bool_)
    stands = np.ones(len(nodes), np.bool_)
    if len(known):
        places, is_known = places_in(known.column("node").to_numpy(), nodes)
        rows = np.flatnonzero(is_known)
        chosen = known.take(pa.array(places[rows]))
        sizes[rows], is_original[rows] = (chosen.column(name).to_numpy() for name in ("cluster_size", "is_original"))
        for row, cluster in zip(rows.tolist(), chosen.column("cluster_id").to_pylist(), strict=True):
            ids[row] = cluster.hex()
        standing = chosen.column("content").to_numpy()
        several = rows[standing > 0]
        stands[several] = contents(articles.take(pa.array(several))) == standing[standing > 0]
    table = articles.append_column("cluster_id", pa.array(ids, pa.string()))
    table = table.append_column("cluster_size", pa.array(sizes)).append_column("is_original", pa.array(is_original))
    return table, is_original, stands


class _View:
    """Rows of a table as filters see articles; a column is read when a filter asks for it first."""

    def __init__(self, table: pa.Table) -> None:
        self._table, self._columns, self._row = table, dict[str, list[Any]](), 0

    def at(self, row: int) -> Article:
        """One row; it is another one with the next call."""
        self._row = row
        return cast(Article, self)

    def __getattr__(self, name: str) -> Any:
        if name not in self._columns:
            if name not in self._table.schema.names:
                raise AttributeError(name)
            values = self._table.column(name).to_pylist()
            is_list = pa.types.is_list(self._table.schema.field(name).type)
            self._columns[name] = [tuple(one) for one in values] if is_list else values
        return self._columns[name][self._row]


def counted(aside: pa.Table) -> Counter[str]:
    """How many rows there are for each reason."""
    return Counter(aside.column("reason").to_pylist())
