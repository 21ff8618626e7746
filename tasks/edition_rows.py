"""Rows of an edition: which of its articles somebody wants, and its files opened for some of their columns."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.editions import EditionFile
from tasks.errors import FixTheRun, first_line
from tasks.languages import as_detected, code_that_takes
from tasks.storage import NotFound, Store

# One request for a whole small object costs less than one for each of its columns.
READ_WHOLE_BYTES = 8_000_000
# Where the footer of a file tells the hash of everything that decided it, as its manifest does.
FINGERPRINT_KEY = b"pressrun"
AGAIN = "export again when curate has ended"
DAMAGED = "the edition is damaged: `pressrun curate` with --whole writes it anew"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles of an edition. ``originals_only``: of every cluster the first.

    ``languages``: ISO 639 codes, each with its variants, as the filter of this name takes them; empty: all.
    """

    originals_only: bool = False
    languages: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that have to be known to choose."""
        return (*(("is_original",) if self.originals_only else ()), *(("language",) if self.languages else ()))

    def of(self, table: pa.Table) -> pa.Table:
        """The chosen rows of a table, in their order."""
        if self.originals_only:
            table = table.filter(pc.equal(table["is_original"], True))
        if self.languages:
            table = table.filter(pc.is_in(table["language"], pa.array(self._taken(table["language"]), pa.string())))
        return table

    def _taken(self, column: pa.ChunkedArray) -> list[str]:
        """The languages of a column that are taken."""
        asked = {as_detected(code) for code in self.languages}
        return [code for code in pc.unique(column).to_pylist() if code_that_takes(code, asked)]


EVERYTHING = Choice()


@contextlib.contextmanager
def open_articles(store: Store, file: EditionFile, columns: tuple[str, ...]) -> Iterator[pq.ParquetFile]:
    """A file of articles, looked at: raises FixTheRun where it is gone, no Parquet, or not what the manifest says."""
    try:
        data = store.read(file.key) if file.size_bytes <= READ_WHOLE_BYTES else None
        # Columns that lie side by side come in one request.
        with store.open_exact(file.key) if data is None else pa.BufferReader(data) as stream:
            parquet = pq.ParquetFile(stream, pre_buffer=True)
            _check(parquet, file, columns)
            if data is not None and sha256(data).hexdigest() != file.sha256:
                raise FixTheRun(f"{file.key} has another SHA-256 than its manifest says: {DAMAGED}")
            yield parquet
    except NotFound as error:
        raise FixTheRun(f"{file.key} is gone: {AGAIN}; where none is at work, {DAMAGED}") from error
    except pa.ArrowException as error:
        raise FixTheRun(f"{file.key} cannot be read ({first_line(error)}): {DAMAGED}") from error


def _check(parquet: pq.ParquetFile, file: EditionFile, columns: tuple[str, ...]) -> None:
    # Files are replaced one by one, the manifest last: another fingerprint is a file of the edition to come.
    if (parquet.metadata.metadata or {}).get(FINGERPRINT_KEY) != file.fingerprint.encode():
        raise FixTheRun(f"{file.key} is newer than its manifest, the edition is being brought up to date: {AGAIN}")
    if absent := [name for name in columns if name not in parquet.schema_arrow.names]:
        raise FixTheRun(f"{file.key} has no column {', '.join(absent)}: `pressrun curate` with --whole writes it anew")
    if parquet.metadata.num_rows != file.rows:
        raise FixTheRun(f"{file.key} has {parquet.metadata.num_rows} rows, its manifest says {file.rows}: {DAMAGED}")


def group_rows(parquet: pq.ParquetFile, group: int, columns: tuple[str, ...], choice: Choice) -> pa.Table:
    """The chosen rows of one row group, with these columns."""
    wanted = dict.fromkeys((*columns, *choice.columns))
    # One thread: the columns are then asked for in the order in which they lie.
    try:
        table = parquet.read_row_group(group, columns=list(wanted), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise FixTheRun(f"row group {group} of a file cannot be read ({first_line(error)}): {DAMAGED}") from error
    return choice.of(table).select(list(columns))
