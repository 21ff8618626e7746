"""Whole articles for a file of an edition: out of the edition before, out of what was kept for this one, or out of their parts."""

from collections import defaultdict
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa

from tasks.curating.batches import FOLDER, read_batch
from tasks.curating.deciding import facts_of_text
from tasks.curating.layout import Leaf
from tasks.curating.places import NO_TIME, ROWS
from tasks.curating.reading import read_articles
from tasks.curating.rows import WHOLE_SCHEMA, RowFile, Span, contents, nodes_of
from tasks.curating.signing import microseconds
from tasks.curating.tables import keys_below
from tasks.dedup.signatures import Numbers
from tasks.editions import EditionFile
from tasks.errors import BrokenShard
from tasks.site_lines.cutting import restore_text
from tasks.storage import NotFound, Store


class Gatherer:
    """Open files in which the articles of a leaf may be; use it in a ``with``."""

    def __init__(self, store: Store, base: tuple[EditionFile, ...], leaf: Leaf) -> None:
        """``base``: the files of the edition before, of all months."""
        self._store, self._files, self._batches = store, list[RowFile](), dict[str, Any]()
        earlier = [one.key for file in base if _overlap(file, leaf) for one in file.objects]
        self._keys = [*earlier, *keys_below(store, f"{ROWS}{leaf.month}/")]

    def __enter__(self) -> "Gatherer":
        for key in self._keys:
            try:
                self._files.append(RowFile(self._store, key))
            except (NotFound, pa.ArrowException, OSError, KeyError):
                continue  # as in _readable
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._files:
            file.close()

    def articles(self, wanted: pa.Table, span: Span) -> pa.Table:
        """The articles of ``wanted`` (facts with their batch), by time and id, the same capture in several archives side by side.

        Raises BrokenShard where one is nowhere any more.
        """
        nodes, content = (wanted.column(name).to_numpy() for name in ("node", "content"))
        found = [_chosen(_whole(_readable(file, span)), nodes, content) for file in self._files]
        table = _once(pa.concat_tables([WHOLE_SCHEMA.empty_table(), *found]))
        missing = ~np.isin(_pairs(nodes, content), _pairs(nodes_of(table), contents(table)))
        if missing.any():
            table = _once(pa.concat_tables([table, *self._out_of_parts(wanted.filter(pa.array(missing)))]))
        if len(table) < len(np.unique(_pairs(nodes, content))):
            raise BrokenShard("articles that were looked at are not in their parts: start again with --whole")
        return _sorted(table)

    def _out_of_parts(self, wanted: pa.Table) -> list[pa.Table]:
        places: dict[tuple[str, int], list[int]] = defaultdict(list)
        for batch, number, row in zip(*(wanted.column(name).to_pylist() for name in ("batch", "input", "row")), strict=True):
            places[batch, number].append(row)
        found = []
        for (batch, number), rows in places.items():
            if batch not in self._batches:
                self._batches[batch] = read_batch(self._store, f"{FOLDER}{batch}.json")
            found.append(read_articles(self._store, self._batches[batch].inputs[number]).take(rows).select(WHOLE_SCHEMA.names))
        return found


def _readable(file: RowFile, span: Span) -> pa.Table:
    """What there is to read; nothing where the file is damaged or of an older version: it is found again in the parts."""
    try:
        table = file.read(span)
    except (pa.ArrowException, OSError):
        return WHOLE_SCHEMA.empty_table()
    return table if set(WHOLE_SCHEMA.names) <= set(table.schema.names) else WHOLE_SCHEMA.empty_table()


def times_of(table: pa.Table) -> list[int]:
    """The time by which articles are sorted: of publication, else of capture."""
    captured, published = (microseconds(table.column(name)) for name in ("captured_at", "published_at"))
    times: list[int] = np.where(published == NO_TIME, captured, published).tolist()
    return times


def _overlap(file: EditionFile, leaf: Leaf) -> bool:
    span = file.span or leaf.span
    return file.month == leaf.month and span[0] < leaf.span[1] and leaf.span[0] < span[1]


def _pairs(nodes: Numbers, content: Numbers) -> Numbers:
    """One number for an article and what it says."""
    mixed: Numbers = nodes ^ (content * np.uint64(0x9E3779B97F4A7C15))
    return mixed


def _chosen(table: pa.Table, nodes: Numbers, content: Numbers) -> pa.Table:
    if not len(table):
        return table
    likely = np.isin(nodes_of(table), nodes)
    table = table.filter(pa.array(likely))
    return table.filter(pa.array(np.isin(_pairs(nodes_of(table), contents(table)), _pairs(nodes, content))))


def _whole(table: pa.Table) -> pa.Table:
    """Articles as they were pressed: rows of an edition with their lines put back."""
    if "cut_lines" not in table.schema.names:
        return table.select(WHOLE_SCHEMA.names).cast(WHOLE_SCHEMA)
    cut = table.column("cut_lines").to_pylist()
    changed = [row for row, lines in enumerate(cut) if lines]
    columns: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in ("text", "text_sha256", "word_count")}
    for row in changed:
        columns["text"][row] = restore_text(columns["text"][row], cut[row])
        columns["text_sha256"][row], columns["word_count"][row] = facts_of_text(columns["text"][row])
    for name, values in columns.items() if changed else ():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), pa.array(values, table.schema.field(place).type))
    return table.select(WHOLE_SCHEMA.names).cast(WHOLE_SCHEMA)


def _once(table: pa.Table) -> pa.Table:
    """Each article of each archive once, though it may be in the edition before and among what was kept for this one."""
    _, firsts = np.unique(_pairs(nodes_of(table), contents(table)), return_index=True)
    return table.take(pa.array(np.sort(firsts)))


def _sorted(table: pa.Table) -> pa.Table:
    order = [("at", "ascending"), *((name, "ascending") for name in ("id", "source", "warc_file", "warc_offset"))]
    return table.append_column("at", pa.array(times_of(table), pa.int64())).sort_by(order).drop_columns(["at"])
