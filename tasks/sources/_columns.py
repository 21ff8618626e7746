"""Which columns of a table hold what, and a row as a capture with the facts beside it, or as a rejection."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from tasks.archive.dates import parse_date as parse_capture_date
from tasks.archive.reading import ReadLimits
from tasks.errors import FixTheRun
from tasks.facts import Facts, Published
from tasks.metadata.dates import Moment, parse_date
from tasks.metadata.dating import choose_moment
from tasks.metadata.evidence import clean_text
from tasks.metadata.names import clean_authors
from tasks.reasons import Reason, Stage
from tasks.records import Capture, Coordinates, Rejection
from tasks.shards import Shard

BODIES = ("html", "text")
FIELDS = (*BODIES, "url", "captured_at", "title", "published_at", "authors")
_TYPES = {"html": "text/html", "text": "text/plain"}


def columns_of(shard: Shard) -> dict[str, str]:
    """Columns by what they hold: as the shard's options name them, otherwise those that are called so."""
    named = _named(shard)
    has_body = any(body in named for body in BODIES)
    return named | {field: field for field in FIELDS if field not in named and not (has_body and field in BODIES)}


def check_existing(shard: Shard, existing: Collection[str]) -> None:
    """Raise FixTheRun, listing the columns there are, where one that is named is missing or none holds a page or text."""
    columns = columns_of(shard)
    missing = [column for column in _named(shard).values() if column not in existing]
    bodies = [columns[body] for body in BODIES if body in columns]
    if not missing and not any(column in existing for column in bodies):
        missing = bodies
    if missing:
        wanted = " or ".join(map(repr, missing)) if missing == bodies else ", ".join(map(repr, missing))
        raise FixTheRun(f"{shard.url} has no column {wanted}: choose from {', '.join(map(repr, existing))}")


def _named(shard: Shard) -> dict[str, str]:
    return {field: column for field in FIELDS if (column := shard.option(f"column.{field}"))}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, or a line: ``values`` by what they hold; bytes are what a string was written as."""

    shard: Shard
    kind: str
    position: int
    length: int | None
    values: Mapping[str, object]
    charset: str | None = "utf-8"

    @property
    def url(self) -> str:
        """Its address; without one, its place in the file."""
        value = self.values.get("url")
        stripped = value.strip() if isinstance(value, str) else ""
        return stripped.encode("utf-8", "replace").decode() or f"{self.shard.url}#{self.position}"

    @property
    def captured_at(self) -> datetime | None:
        """When it was captured, UTC."""
        value = self.values.get("captured_at")
        return parse_capture_date(value) if isinstance(value, str) else _typed_moment(value)

    def outcome(self, limits: ReadLimits) -> Capture | Rejection:
        """The page, else the text; a rejection where there is neither."""
        body = next((body for body in BODIES if self.values.get(body)), None)
        value = self.values.get(body) if body else None
        if body is None:
            return self.rejection(Reason.EMPTY_PAYLOAD, "neither page nor text in this row")
        if not isinstance(value, str | bytes):
            return self.rejection(Reason.DAMAGED_RECORD, f"its {body} is no string but {type(value).__name__}")
        payload = value.encode("utf-8", "replace") if isinstance(value, str) else value
        if len(payload) > limits.max_record_bytes:
            return self.rejection(Reason.PAYLOAD_TOO_BIG, f"{len(payload)} bytes")
        return self._capture(payload, body)

    def rejection(self, reason: Reason, detail: str) -> Rejection:
        """It did not become a capture."""
        stage = Stage.CLASSIFY if reason is Reason.EMPTY_PAYLOAD else Stage.READ
        return Rejection(self.url, self.captured_at, stage, reason, detail[:300], self._at)

    @property
    def _at(self) -> Coordinates:
        return Coordinates(self.shard.url, self.position, self.length, None)

    def _capture(self, payload: bytes, body: str) -> Capture:
        content_type = _TYPES[body] + (f"; charset={self.charset}" if self.charset else "")
        headers, captured_at = (("Content-Type", content_type),), self.captured_at
        given = self._facts(captured_at)
        is_text = body == "text"
        return Capture(self.url, captured_at, self.kind, None, headers, payload, None, self._at, is_text, given)

    def _facts(self, captured_at: datetime | None) -> Facts | None:
        title = self.values.get("title")
        facts = Facts(
            title=(clean_text(title) or None) if isinstance(title, str) else None,
            authors=_authors(self.values.get("authors")),
            published=_published(self.values.get("published_at"), captured_at),
        )
        return facts if facts != Facts() else None


def _typed_moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        # A typed time without zone is UTC.
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None


def _published(value: object, captured_at: datetime | None) -> Published | None:
    moment = _moment(value)
    return choose_moment([("column", moment)], captured_at) if moment else None


def _moment(value: object) -> Moment | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_date(f"{value:.0f}")
    if isinstance(value, str):
        return parse_date(value)
    typed = _typed_moment(value)
    if typed is None:
        return None
    moment = Moment(typed.replace(tzinfo=None), 0, "second")
    return moment if isinstance(value, datetime) else moment.as_day()


def _authors(value: object) -> tuple[str, ...]:
    raw = value if isinstance(value, list) else [value]
    found = clean_authors(tuple(name for name in raw if isinstance(name, str)))
    return found.people or found.placeholders[:1]
