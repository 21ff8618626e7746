"""Small Arrow tables on the store, sorted by a number, of which a range is read without the rest."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.dedup.signatures import Numbers
from tasks.errors import BrokenShard, first_line
from tasks.storage import NotFound, Store

GROUP_ROWS = 32_768


def write_table(store: Store, key: str, table: pa.Table) -> None:
    """One object, zstd 1: it is read once or twice."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=1, row_group_size=GROUP_ROWS)
    store.write(key, sink.getvalue())


def read_table(store: Store, key: str, columns: list[str] | None = None) -> pa.Table:
    """All rows of some columns; raises BrokenShard where it is lost or damaged."""
    with _opened(store, key) as parquet:
        return parquet.read(columns=columns)


@contextmanager
def _opened(store: Store, key: str) -> Iterator[pq.ParquetFile]:
    try:
        with store.open(key) as stream, pq.ParquetFile(stream) as parquet:
            yield parquet
    except (NotFound, pa.ArrowException, OSError) as error:
        raise BrokenShard(f"{key} is lost or damaged ({first_line(error)}): `pressrun curate ... --whole` makes it anew") from error


def read_span(store: Store, key: str, by: str, span: tuple[int, int], columns: list[str]) -> pa.Table:
    """Rows whose number in the column ``by`` (of ``columns``) is in ``[first, end)``, of a table sorted by it."""
    first, end = span
    with _opened(store, key) as parquet:
        place = parquet.schema_arrow.get_field_index(by)
        groups = [
            group
            for group in range(parquet.num_row_groups)
            if (found := parquet.metadata.row_group(group).column(place).statistics) is None
            or not found.has_min_max
            or (found.max >= first and found.min < end)
        ]
        table = parquet.read_row_groups(groups, columns=columns)
    numbers = table.column(by).to_numpy()
    return table.filter(pa.array((numbers >= first) & (numbers < end)))


def keys_below(store: Store, prefix: str) -> list[str]:
    """Keys of the tables in a folder, in order."""
    return [found.key for found in store.list(prefix) if found.key.endswith(".parquet")]


def delete_below(store: Store, prefix: str) -> None:
    """Delete all objects of a folder."""
    for found in list(store.list(prefix)):
        store.delete(found.key)


def places_in(known: Numbers, wanted: Numbers) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Where each number stands among ``known`` (sorted), and whether it does; where it does not, the place means nothing."""
    if not len(known):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), np.bool_)
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return places, known[places] == wanted


def joined(tables: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
    """All rows of several tables, none of which need be there."""
    return pa.concat_tables([schema.empty_table(), *tables])


def bytes_of(table: pa.Table, column: str, width: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """A column of equally long binaries, without nulls, as rows of bytes."""
    values = table.column(column).combine_chunks()
    return np.frombuffer(values.buffers()[-1], np.uint8)[values.offset * width : (values.offset + len(values)) * width].reshape(
        -1, width
    )
