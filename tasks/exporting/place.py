"""The place that an export goes to: what lies there, whose it is, and how a stop is told from an end.

The marker is there while work goes on; the receipt comes last, and only without a marker does it count. A file that lies beside
a marker of the same fingerprint is whole and right, for objects are written whole, and all that was older was deleted before it.
"""

import re
from dataclasses import dataclass

from tasks.components import component_names, load_component
from tasks.errors import FixTheRun
from tasks.exporting.orders import ExportReceipt, read_export
from tasks.storage import NotFound, Store

RECEIPT, MARKER, CARD = "export.json", "export-unfinished.txt", "README.md"
CLEARING = b"clearing\n"
MARK = CLEARING + rb"|[0-9a-f]{16}\n"


def ours() -> re.Pattern[str]:
    """Keys that exports write, of any kind."""
    kinds = [load_component("exporting.kinds", name).PATTERN for name in component_names("exporting.kinds")]
    return re.compile("|".join([*kinds, *map(re.escape, (RECEIPT, MARKER, CARD))]))


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or prefix for one export."""

    store: Store

    def finished(self, fingerprint: str) -> ExportReceipt | None:
        """The receipt of the same export, when it is finished and all of its files are there; None else."""
        receipt = read_export(self._read(RECEIPT))
        if receipt is None or receipt.fingerprint != fingerprint or self._read(MARKER):
            return None
        there = {found.key: found.size_bytes for found in self.store.list("")}
        return receipt if all(there.get(file.key) == file.size_bytes for file in receipt.files) else None

    def begin(self, fingerprint: str) -> set[str]:
        """Make the place ready; gives the keys that an earlier try of the same export has written.

        An older export is replaced; raises FixTheRun where something else lies.
        """
        mark = f"{fingerprint}\n".encode()
        there = self._keys()
        if self._read(MARKER) == mark:
            return there - {RECEIPT, MARKER}
        self._check_that_it_is_ours(there)
        self.store.write(MARKER, CLEARING)
        for key in sorted(there - {MARKER}, key=lambda key: (key != RECEIPT, key)):
            if ours().fullmatch(key):
                self.store.delete(key)
        self.store.write(MARKER, mark)
        return set()

    def _check_that_it_is_ours(self, there: set[str]) -> None:
        another = "name an empty place, or one of an earlier export"
        if RECEIPT in there and read_export(self._read(RECEIPT)) is None:
            raise FixTheRun(f"{self.store.url} holds an {RECEIPT} that Pressrun did not write, or that is damaged: {another}")
        is_marked = re.fullmatch(MARK, self._read(MARKER)) is not None
        if there and RECEIPT not in there and not is_marked:
            raise FixTheRun(f"{self.store.url} holds {min(there)} and no export: {another}")

    def finish(self, receipt: ExportReceipt) -> None:
        """Write the receipt and take the marker away."""
        self.store.write(RECEIPT, receipt.to_json())
        self.store.delete(MARKER)

    def _keys(self) -> set[str]:
        """What lies there; names that begin with a dot are somebody's settings (.gitattributes)."""
        return {found.key for found in self.store.list("") if not found.key.startswith(".")}

    def _read(self, key: str) -> bytes:
        try:
            return self.store.read(key)
        except NotFound:
            return b""
