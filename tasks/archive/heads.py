"""Heads of records: the fields of a WARC record, the one line of an ARC record, and how to find the next of them."""

import re
from dataclasses import dataclass
from typing import Protocol

from tasks.records import Headers

MAX_HEAD_BYTES = 1 << 16
# No possessive groups anywhere: Python before 3.11.4 matches them wrongly (CPython issue 101955).
# Where the first line ends in CRLF only a CRLF ends the head, as FastWARC reads it; a stray LF does not.
_WARC_HEAD = re.compile(rb"WARC/\d+\.\d+[ \t]*(?:\r+\n(?:(?!WARC/\d|\r\n)[^\n]*\n)+\r\n|\n(?:(?!WARC/\d|\r?\n)[^\n]*\n)+\r?\n)")
_WARC_VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\r*\n")
_WARC_HEAD_STOP = re.compile(rb"\n(?:\r?\n|WARC/\d)")
_ARC_LINE = re.compile(rb"([A-Za-z][A-Za-z0-9+.\-]*:[^\n]*?) (\S+) (\d{12,17}) ([^\n]*?) ?(\d{1,18})\r?\n")
_ARC_LINE_END = re.compile(rb" \d{12,17} [^\n]{0,300}?\d\r?\n")
LENGTH = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of a record, the bytes of its block as it declares them (None: it does not), its own size in bytes.

    ``fields`` holds the first value of each field by its name in lower case.
    """

    fields: dict[str, str]
    block_bytes: int | None
    size: int

    def value(self, name: str) -> str | None:
        """Return the value of a field, its name in lower case; None where it is missing or empty."""
        return self.fields.get(name) or None


class Dialect(Protocol):
    """How one kind of archive starts its records."""

    name: str

    def parse(self, window: bytes) -> Head | None:
        """Read the head at the start of the window; None where there is no whole one."""

    def begins(self, window: bytes) -> bool:
        """Whether the window looks like the start of a record."""

    def find(self, window: bytes) -> int:
        """Return the first place in the window where a whole head starts; -1: none."""


def decode_field(raw: bytes) -> str:
    """Read a header as UTF-8 where it is that, otherwise as Latin-1, which never fails."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def parse_lines(lines: list[str]) -> Headers:
    """Read ``name: value`` lines; folded lines belong to the one before, lines that are no header are passed over."""
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}".strip())
            continue
        name, colon, value = line.partition(":")
        if colon and (name := name.strip()):
            headers.append((name, value.strip()))
    return tuple(headers)


def _parse_fields(head: bytes) -> dict[str, str]:
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError:
        lines = [decode_field(line) for line in head.split(b"\n")]
    fields: dict[str, str] = {}
    for name, value in parse_lines(lines[1:]):
        fields.setdefault(name.lower(), value)
    return fields


class Warc:
    """WARC of any version, its lines ended by CRLF or LF."""

    name = "warc"

    def parse(self, window: bytes) -> Head | None:
        """Read the head at the start of the window; None where there is no whole one."""
        return self._parse_at(window, 0)

    def begins(self, window: bytes) -> bool:
        """Whether the window looks like the start of a record."""
        return window.startswith(b"WARC/")

    def find(self, window: bytes) -> int:
        """Return the first place where a whole head with a length starts; -1: none."""
        at = window.find(b"WARC/")
        while at >= 0:
            resume = at + 1
            if _WARC_VERSION.match(window, at):
                head = self._parse_at(window, at)
                if head and head.block_bytes is not None:
                    return at
                # Every start within the same lines runs into the same end, and fails alike.
                stop = _WARC_HEAD_STOP.search(window, at)
                resume = stop.start() + 1 if stop else len(window)
            at = window.find(b"WARC/", resume)
        return -1

    def _parse_at(self, window: bytes, at: int) -> Head | None:
        match = _WARC_HEAD.match(window, at, at + MAX_HEAD_BYTES)
        if not match:
            return None
        fields = _parse_fields(match[0])
        length = fields.get("content-length", "")
        return Head(fields, int(length) if LENGTH.fullmatch(length) else None, len(match[0]))


class Arc:
    """ARC of version 1 or 2: one line a record, told in the words of WARC."""

    name = "arc"

    def parse(self, window: bytes) -> Head | None:
        """Read the line at the start of the window; None where there is none."""
        line_end = window.find(b"\n", 0, MAX_HEAD_BYTES)
        match = _ARC_LINE.fullmatch(window, 0, line_end + 1)
        if not match:
            return None
        url, _, date, content_type, length = map(decode_field, match.groups())
        if url.startswith("filedesc:"):
            fields = {"warc-type": "warcinfo", "warc-date": date}
        else:
            block_type = "application/http" if url.lower().startswith("http") else content_type
            fields = {"warc-type": "response", "warc-target-uri": url, "warc-date": date, "content-type": block_type}
        return Head(fields, int(length), len(match[0]))

    def begins(self, window: bytes) -> bool:
        """Whether the window starts with a record's line."""
        return self.parse(window) is not None

    def find(self, window: bytes) -> int:
        """Return the first line that is a record's; -1: none."""
        for match in _ARC_LINE_END.finditer(window):
            line = window.rfind(b"\n", 0, match.start()) + 1
            if match.end() - line <= MAX_HEAD_BYTES and self.parse(window[line : match.end()]):
                return line
        return -1
