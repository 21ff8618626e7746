"""Parquet in memory."""

import pyarrow as pa
import pyarrow.parquet as pq


def table_in(data: bytes, columns: list[str] | None = None) -> pa.Table:
    """All rows of some columns (None: all) of a file.

    Not by pyarrow.parquet.read_table, a thread of which may outlive it: a command that ends right behind it is aborted then (one
    in twenty, with pyarrow 26.0).
    """
    return pq.ParquetFile(pa.BufferReader(data)).read(columns=columns, use_threads=False)
