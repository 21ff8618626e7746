"""An archive file as one tape of unpacked bytes, that knows where in the file each record starts."""

from tasks.archive.unpacking import BLOCK_BYTES, GZIP_MAGIC, Begins, Member, SeekableBytes, Source, leave_broken, open_section

_NEWLINES = b"\r\n"


class Tape:
    """Unpacked bytes, read forward, section by section: a section is a gzip member or a stretch of plain bytes.

    ``address`` is the place in the file as long as every record starts a member or lies in plain bytes. From a member
    with several records on it counts unpacked bytes instead: from the file's start if that member is the first thing
    in the file, otherwise from the file's size on, so that the two kinds are never taken for each other.
    """

    def __init__(self, stream: SeekableBytes, begins: Begins, start: int = 0) -> None:
        self._source = Source(stream, start)
        self._begins = begins
        self._buffer = b""
        self._at = 0
        self._counted_from: int | None = None
        self._section = open_section(self._source)
        self._section_taken = 0
        self._touched = False
        self.taken = 0

    @property
    def counts_unpacked(self) -> bool:
        """Whether addresses count unpacked bytes from here on."""
        return self._counted_from is not None

    @property
    def in_member(self) -> bool:
        """Whether the tape stands in a gzip member, so that only its start has an address in the file."""
        return isinstance(self._section, Member)

    @property
    def trouble(self) -> str | None:
        """What broke the section that the tape stands in."""
        return self._section.trouble

    def address(self) -> int:
        """Where reading can start again to find what follows; settle the tape first."""
        if self._counted_from is None and self.in_member and self._touched and self._more():
            member_starts_at = self.taken - self._section_taken
            first = 0 if self._section.start == 0 else self._source.size()
            self._counted_from = first - member_starts_at
        if self._counted_from is not None:
            return self._counted_from + self.taken
        if self.in_member and self._more():
            return self._section.start
        return self._source.position - (len(self._buffer) - self._at)

    def peek(self, count: int) -> bytes:
        """Return the next ``count`` bytes of this section without moving; fewer at its end."""
        missing = count - (len(self._buffer) - self._at)
        if missing > 0:
            pieces = [self._buffer[self._at :]]
            while missing > 0 and (piece := self._section.read(BLOCK_BYTES)):
                pieces.append(piece)
                missing -= len(piece)
            self._buffer = b"".join(pieces)
            self._at = 0
        return self._buffer[self._at : self._at + count]

    def take(self, count: int) -> bytes:
        """Return the next ``count`` bytes of this section and move past them; fewer at its end."""
        pieces = []
        missing = count
        while missing > 0 and self._more():
            piece = self._buffer[self._at : self._at + missing]
            self._move(len(piece))
            missing -= len(piece)
            pieces.append(piece)
        self._touched = self._touched or bool(pieces)
        return b"".join(pieces)

    def put_back(self, taken: bytes) -> None:
        """Undo the last ``take`` of this section."""
        self._buffer = taken + self._buffer[self._at :]
        self._at = 0
        self._count(-len(taken))

    def skip(self, count: int) -> int:
        """Move at most ``count`` bytes within this section, in bounded memory; returns how many were there."""
        left = count
        while left > 0 and self._more():
            step = min(left, len(self._buffer) - self._at)
            self._move(step)
            left -= step
        self._touched = self._touched or left < count
        return count - left

    def skip_newlines(self) -> bytes:
        """Move past the line ends that separate records; returns them."""
        if self._at < len(self._buffer) and self._buffer[self._at] not in _NEWLINES:
            return b""
        passed = []
        while self._more():
            rest = self._buffer[self._at : self._at + BLOCK_BYTES]
            newlines = rest[: len(rest) - len(rest.lstrip(_NEWLINES))]
            self._move(len(newlines))
            passed.append(newlines)
            if len(newlines) < len(rest):
                break
        return b"".join(passed)

    def section_ended(self) -> bool:
        """Whether nothing follows in this section."""
        return not self._more()

    def settle(self) -> bool:
        """Move past line ends and ended sections to what comes next; False at the end of the file."""
        while True:
            self.skip_newlines()
            if self._more():
                if self.in_member or self.peek(len(GZIP_MAGIC)) != GZIP_MAGIC or self._is_literal():
                    return True
                self._source.seek(self._source.position - (len(self._buffer) - self._at))
            elif not self._section.is_broken() and not self._source.view():
                return False
            self._open_next()

    def _is_literal(self) -> bool:
        # A member that did not unpack at all: not to be opened again.
        return self._section.literal and self._section_taken == 0

    def _open_next(self) -> None:
        if isinstance(self._section, Member) and self._section.is_broken():
            self._section = leave_broken(self._section, self._source, self._begins)
        else:
            self._section = open_section(self._source)
        self._buffer, self._at, self._section_taken, self._touched = b"", 0, 0, False

    def _more(self) -> bool:
        if self._at == len(self._buffer):
            self._buffer, self._at = self._section.read(BLOCK_BYTES), 0
        return bool(self._buffer)

    def _move(self, count: int) -> None:
        self._at += count
        self._count(count)

    def _count(self, count: int) -> None:
        self.taken += count
        self._section_taken += count
