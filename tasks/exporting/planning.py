"""Which rows go into which file of an export: decided before anything is written, from footers and the columns that choose."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import pyarrow.parquet as pq

from tasks.edition_rows import Choice, group_rows, open_articles
from tasks.editions import Edition, EditionFile
from tasks.storage import Store

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Group:
    """A row group that holds chosen rows; ``unpacked_bytes``: an estimate of what they take."""

    file: EditionFile
    number: int
    rows: int
    unpacked_bytes: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows of one file of the export; ``number`` counts from 0, within its month where files are by month."""

    month: str
    number: int
    groups: tuple[Group, ...]

    @property
    def rows(self) -> int:
        """Rows that it will have."""
        return sum(group.rows for group in self.groups)


def plan_pieces(groups: Iterable[Group], most_bytes: int, *, by_month: bool) -> list[Piece]:
    """The pieces that groups make in their order, none of more months than one where they are ``by_month``."""
    runs = groupby(groups, lambda group: group.file.month if by_month else "")
    return [Piece(month, number, piece) for month, run in runs for number, piece in enumerate(_cut(run, most_bytes))]


def chosen_groups(store: Store, edition: Edition, choice: Choice, columns: tuple[str, ...]) -> Iterator[Group]:
    """Row groups of an edition with chosen rows, by month, undated last; ``columns`` are those whose size counts."""
    # "undated" stands behind all digits; files of a month stay in the order of the manifest.
    files = sorted((file for file in edition.files if file.rows), key=lambda file: file.month)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(lambda file: _groups_of(store, file, choice, columns), files):
            yield from found


def _groups_of(store: Store, file: EditionFile, choice: Choice, columns: tuple[str, ...]) -> list[Group]:
    found = []
    with open_articles(store, file, (*columns, *choice.columns)) as parquet:
        for number in range(parquet.num_row_groups):
            facts = parquet.metadata.row_group(number)
            rows = group_rows(parquet, number, choice.columns, choice).num_rows if choice.columns else facts.num_rows
            if rows:
                found.append(Group(file, number, rows, _unpacked_bytes(facts, columns) * rows // facts.num_rows))
    return found


def _unpacked_bytes(facts: pq.RowGroupMetaData, columns: tuple[str, ...]) -> int:
    chunks = (facts.column(number) for number in range(facts.num_columns))
    return sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema.partition(".")[0] in columns)


def _cut(groups: Iterable[Group], most_bytes: int) -> Iterator[tuple[Group, ...]]:
    """As many groups together as fit; one that is larger than that is a piece of its own."""
    piece: list[Group] = []
    size = 0
    for group in groups:
        if piece and size + group.unpacked_bytes > most_bytes:
            yield tuple(piece)
            piece, size = [], 0
        piece.append(group)
        size += group.unpacked_bytes
    if piece:
        yield tuple(piece)
