"""Which addresses were dealt with for good: sorted 64-bit hashes of their keys, appended run by run, compacted when they are many.

Exact for all that matters: of ten million addresses one in 10^12 new ones would be taken for a known one.
"""

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.lanes.rows import read_parquet
from tasks.storage import Store

Hashes = npt.NDArray[np.uint64]
# So many objects of a lane are read in a moment, and a year of hourly runs must not make thousands.
MOST_OBJECTS = 24


class Seen:
    """The seen addresses of one lane. Memory: 8 bytes an address."""

    def __init__(self, store: Store, folder: str) -> None:
        """``folder``: key prefix of the lane's objects; all of them are read."""
        self.store, self.folder = store, folder
        self._objects = [info.key for info in store.list(folder)]
        parts = [_read(store.read(key), key) for key in self._objects]
        self._known = np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)

    def __len__(self) -> int:
        """How many addresses are known."""
        return len(self._known)

    def holds(self, hashes: Sequence[int] | Hashes) -> npt.NDArray[np.bool_]:
        """For each hash whether it is known."""
        asked = np.asarray(hashes, np.uint64)
        if not len(self._known):
            return np.zeros(len(asked), np.bool_)
        places = np.minimum(np.searchsorted(self._known, asked), len(self._known) - 1)
        found: npt.NDArray[np.bool_] = self._known[places] == asked
        return found

    def add(self, hashes: Sequence[int]) -> None:
        """Remember these, for good when this returns; merges the lane's objects when they have become many."""
        new = np.unique(np.asarray(hashes, np.uint64))
        new = new[~self.holds(new)]
        if not len(new):
            return
        self._known = np.insert(self._known, np.searchsorted(self._known, new), new)
        if len(self._objects) < MOST_OBJECTS:
            self._objects.append(self._write(new))
            return
        # First the whole, then the parts away: who is stopped in between has some addresses twice.
        outdated, self._objects = self._objects, [self._write(self._known)]
        for key in outdated:
            if key not in self._objects:
                self.store.delete(key)

    def _write(self, hashes: Hashes) -> str:
        # A name of its own for what it holds: whoever writes the same again writes the same object.
        key = f"{self.folder}{len(hashes):010d}-{int(np.bitwise_xor.reduce(hashes)):016x}.parquet"
        sink = io.BytesIO()
        table = pa.table({"key": pa.array(hashes)})
        pq.write_table(table, sink, compression="zstd", use_dictionary=False, column_encoding={"key": "DELTA_BINARY_PACKED"})
        self.store.write(key, sink.getvalue())
        return key


def _read(packed: bytes, key: str) -> Hashes:
    hashes: Hashes = read_parquet(packed, key).column("key").to_numpy()
    return hashes
