"""What an entry of a packed file is: a page, a text, or a rejection that names it."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from tasks.reasons import Reason, Stage
from tasks.records import Capture, Coordinates, Rejection
from tasks.shards import Shard

SNIFF_BYTES = 2048
HTML, TEXT = "text/html", "text/plain"
_TYPES = {".html": HTML, ".htm": HTML, ".xhtml": HTML, ".xht": HTML, ".txt": TEXT, ".text": TEXT}
_HTML_START = re.compile(rb"(?:\s|<\?xml[^>]*>|<!--(?:[^-]|-(?!->))*-->)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
_SLASHES = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file in a packed one: ``offset`` of its header, ``length`` in the file (bytes; None: unknown)."""

    shard: Shard
    name: str
    offset: int
    length: int | None

    @property
    def url(self) -> str:
        """The address that its page has: behind the shard's ``url_prefix``, or behind ``!/`` in the packed file."""
        path = quote(self.name.encode("utf-8", "surrogateescape"), safe="/~!$&'()*+,;=:@")
        prefix = self.shard.option("url_prefix")
        return prefix + path if prefix else f"{self.shard.url}!/{path}"

    @property
    def _at(self) -> Coordinates:
        return Coordinates(self.shard.url, self.offset, self.length, None)

    def capture(self, payload: bytes, content_type: str) -> Capture:
        """The page or text in it."""
        headers = (("Content-Type", content_type),)
        return Capture(self.url, None, "entry", None, headers, payload, None, self._at, is_plain_text=content_type == TEXT)

    def not_html(self) -> Rejection:
        """It is neither page nor text."""
        return self._rejection(Stage.CLASSIFY, Reason.NOT_HTML, self._shown)

    def too_big(self, size_bytes: int) -> Rejection:
        """It is larger than what is loaded."""
        return self._rejection(Stage.READ, Reason.PAYLOAD_TOO_BIG, f"{self._shown}: {size_bytes} bytes")

    def damaged(self, why: str) -> Rejection:
        """It cannot be read."""
        return self._rejection(Stage.READ, Reason.DAMAGED_RECORD, f"{self._shown}: {why}")

    @property
    def _shown(self) -> str:
        # U+FFFD for bytes that are no text: a rejection has to be written down as UTF-8.
        return self.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:200]

    def _rejection(self, stage: Stage, reason: Reason, detail: str) -> Rejection:
        return Rejection(self.url, None, stage, reason, detail[:300], self._at)


def content_type(name: str, head: bytes) -> str | None:
    """What an entry is by its first bytes, and where they leave it open by its name; None: neither page nor text."""
    # UTF-16 keeps its letters in every second byte.
    start = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    return HTML if _HTML_START.match(start) else _TYPES.get(PurePosixPath(name).suffix.lower())


def name_fault(name: str) -> str | None:
    """Why a name is not to be trusted: it leads out of the packed file, or is no text; None where it is all right."""
    if not name or "\0" in name:
        return "it has no name"
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        return "its name is absolute"
    if ".." in _SLASHES.split(name):
        return "its name leads out of the file"
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in name):
        return "its name is no UTF-8"
    return None
