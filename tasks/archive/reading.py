"""Reads WARC and ARC files: record by record, from any record on, past any damage."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import dropwhile
from typing import BinaryIO

from tasks.archive.captures import found_in, record_type
from tasks.archive.dictionaries import dictionary_bytes
from tasks.archive.fast import vouched_frames
from tasks.archive.framing import Frame, Framer
from tasks.archive.heads import Arc, Dialect, Warc
from tasks.archive.repacked import Repacked, unpack_whole
from tasks.archive.tape import Tape
from tasks.records import Capture, Rejection

HEAD_BYTES = 1 << 16
_DIALECTS: tuple[Dialect, ...] = (Warc(), Arc())


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What is loaded into memory: records of up to ``max_record_bytes``; larger ones become rejections."""

    max_record_bytes: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One record of an archive, or one stretch of damage.

    ``record_type`` is the WARC-Type in lower case, or "damaged" for a stretch that was skipped. ``found`` is None for a
    record that is no capture (warcinfo, request, metadata). ``next_offset`` is where ``read_archive`` can start again.
    """

    record_type: str
    found: Capture | Rejection | None
    next_offset: int


def read_archive(
    stream: BinaryIO | Repacked, warc_file: str, limits: ReadLimits, start: int = 0, first: int = 0
) -> Iterator[Reading]:
    """Read an archive from ``start``, a ``next_offset`` of an earlier reading (bytes; 0: the beginning).

    ``warc_file`` is the name that the coordinates carry, ``first`` the byte in that file at which ``stream`` begins: all
    offsets count from there. Damage is skipped and reported as one reading each; nothing is raised but what ``stream``
    raises. Memory: two records at most, and blocks of 256 KiB.
    """
    for frame in _frames_from(stream, limits, max(0, start - first)):
        placed = replace(frame, offset=frame.offset + first, end=frame.end + first) if first else frame
        yield Reading(record_type(placed), found_in(placed, warc_file), placed.end)


def _frames_from(stream: BinaryIO | Repacked, limits: ReadLimits, start: int) -> Iterator[Frame]:
    stream.seek(0)
    dialect = _dialect(stream.read(HEAD_BYTES)) or _DIALECTS[0]
    unpacked = unpack_whole(stream)
    begin = start if start and _can_start_at(start, unpacked, dialect, limits) else 0
    if not isinstance(unpacked, Repacked) and dialect.name == "warc":
        frames = _fast_where_sound(unpacked, begin, limits)
    else:
        frames = Framer(Tape(unpacked, dialect.begins, begin), dialect, limits.max_record_bytes).frames()
    # Offsets in the unpacked stream can only be found again by reading up to them.
    return dropwhile(lambda frame: frame.end <= start, _and_lost_rest(frames, unpacked))


def _fast_where_sound(stream: BinaryIO, start: int, limits: ReadLimits) -> Iterator[Frame]:
    """Records by FastWARC; each that it cannot vouch for, the careful way.

    Which way a record is read follows from the record and the next alone, so it is the same from wherever reading starts.
    """
    warc = Warc()
    while True:
        for frame in vouched_frames(stream, start, limits.max_record_bytes):
            yield frame
            start = frame.end
        tape = Tape(stream, warc.begins, start)
        careful = Framer(tape, warc, limits.max_record_bytes).frames()
        for frame in careful:
            yield frame
            start = frame.end
            # From a member with several records on, addresses count unpacked bytes: the careful way knows them.
            if not tape.counts_unpacked:
                break
        else:
            return


def _can_start_at(start: int, stream: BinaryIO | Repacked, dialect: Dialect, limits: ReadLimits) -> bool:
    if isinstance(stream, Repacked) or start > stream.seek(0, 2):
        return False
    tape = Tape(stream, dialect.begins)
    next(Framer(tape, dialect, limits.max_record_bytes).frames(), None)
    return not tape.counts_unpacked


def _and_lost_rest(frames: Iterator[Frame], unpacked: BinaryIO | Repacked) -> Iterator[Frame]:
    last = 0
    for frame in frames:
        yield frame
        last = frame.end
    if isinstance(unpacked, Repacked) and unpacked.trouble is not None:
        # Where a gzip member in it holds several records, their offsets may be beyond the end.
        end = max(last, unpacked.seek(0, 2))
        yield Frame(end, end + 1, 0, None, None, f"the rest cannot be unpacked: {unpacked.trouble}")


def recognise(head: bytes) -> str | None:
    """Tell from the first bytes of a file (64 KiB are enough) whether it is "warc" or "arc"; None: neither."""
    dialect = _dialect(head)
    return dialect.name if dialect else None


def _dialect(head: bytes) -> Dialect | None:
    if dictionary_bytes(head) >= len(head) > 0:
        # The dictionary is longer than what is to be judged, and it is only ever put before WARC records.
        return _DIALECTS[0]
    return next((dialect for dialect in _DIALECTS if _holds_record(head, dialect)), None)


def _holds_record(head: bytes, dialect: Dialect) -> bool:
    tape = Tape(unpack_whole(BytesIO(head)), dialect.begins)
    return any(frame.head for frame in Framer(tape, dialect, 0).frames())
