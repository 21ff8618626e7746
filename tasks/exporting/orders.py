"""What is to be exported, and the receipt of what was."""

import json
import shlex
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from tasks.cards.commands import curate_command, flags
from tasks.edition_rows import EVERYTHING, Choice
from tasks.editions import Edition
from tasks.recipe import digest_of
from tasks.shards import StoredObject

# Raised with every change of our own code that changes a byte of an export: what an older one left unfinished is started over.
EXPORT_FORMAT = 2


# Unpacked, of the columns that are written: 100 to 200 MB as zstd packs texts, and as much memory.
FILE_BYTES = 400_000_000


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """An edition by name, a kind of export (a module of tasks/exporting/kinds), a set of columns, and which articles.

    ``file_bytes``: unpacked size at which a new file begins.
    """

    edition: str
    kind: str
    columns: Literal["all", "fineweb"] = "all"
    choice: Choice = EVERYTHING
    file_bytes: int = FILE_BYTES

    @property
    def command(self) -> str:
        """The command that makes such an export; ROOT stands for the corpus."""
        settings = {
            "columns": "" if self.columns == "all" else self.columns,
            "file_mb": "" if self.file_bytes == FILE_BYTES else self.file_bytes / 1e6,
            "language": self.choice.languages,
            "originals": self.choice.originals_only,
        }
        return shlex.join(["pressrun", "export", self.kind, "ROOT", "--edition", self.edition, *flags(settings), "--out", "PLACE"])

    def fingerprint(self, edition: Edition) -> str:
        """Hash of everything that decides the bytes: the order, and the edition without all that is its run's alone."""
        files = [(file.key, file.sha256, file.aside_rows) for file in edition.files]
        # Of the edition's order the card tells the command, without workers, cluster and place.
        made = [curate_command(edition), edition.recipe, asdict(edition.counts), files]
        return digest_of([EXPORT_FORMAT, asdict(self), *made])


@dataclass(frozen=True, slots=True)
class ExportReceipt:
    """The proof that an export is whole, written last; no time and no address of the corpus stands in it."""

    fingerprint: str
    order: dict[str, Any]
    rows: int
    files: tuple[StoredObject, ...]

    def to_json(self) -> bytes:
        """Readable JSON with its format number."""
        text = json.dumps({"format": EXPORT_FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        return text.encode() + b"\n"


def read_export(data: bytes) -> ExportReceipt | None:
    """Parse a receipt, of this format or another; None when it is none."""
    try:
        raw = json.loads(data)
        facts = {found.name: raw[found.name] for found in fields(ExportReceipt)}
        receipt = ExportReceipt(**{**facts, "files": tuple(StoredObject(**one) for one in facts["files"])})
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return receipt if isinstance(raw.get("format"), int) and isinstance(receipt.fingerprint, str) else None
