"""What a person types: pydantic models that become the form in the Prefect UI, and the options of the command."""

from datetime import UTC, date, datetime, time
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from flows.settings import Form, HowToPress
from tasks.hosts import read_hosts_file
from tasks.selection import COMMON_CRAWL, Selection

NAME = r"^[a-z0-9][a-z0-9_-]{0,39}$"
# An argument of a process ends at 128 KiB on Linux, the parameters of a Prefect run at 512.
MOST_CHARACTERS = 100_000
COLUMNS = ("html", "text", "url", "captured_at", "title", "published_at", "authors")


class WhatToBackfill(Form):
    """Which archives, into which corpus."""

    rare: ClassVar = {
        "name",
        "source",
        "at_once",
        "priority",
        "gaps",
        "index",
        "base",
        "access",
        "columns",
        "url_prefix",
        "split_mb",
    }

    archives: Annotated[list[str], Field(min_length=1)] = Field(
        title="Archives",
        description="Archives, pages, tables, texts: files, folders, globs, paths or s3:// addresses; or ccnews; or common-crawl",
        examples=[["s3://bucket/warc/*.warc.gz"]],
    )
    into: str = Field(title="Corpus", description="Root of the corpus: a folder or s3://bucket/prefix", examples=["corpus/"])
    name: str | None = Field(
        title="Name of the backfill", default=None, pattern=NAME, description="Name of the backfill; empty: that of its source"
    )
    since: date | None = Field(
        title="First day",
        default=None,
        description="ccnews only: first day, YYYY-MM-DD, UTC, by the names of the archives",
    )
    until: Literal["now"] | date = Field(
        title="Until", default="now", description="ccnews only: the day before which it ends, YYYY-MM-DD, or now"
    )
    newest_first: bool = Field(title="Newest first", default=False, description="Press the newest archives first")
    reprocess: Literal["none", "failed", "all"] = Field(
        title="Press again",
        default="none",
        description="failed: press those, and only those, that failed earlier; all: press anew what is done, too",
    )
    limit: int | None = Field(
        title="Archives at most", default=None, ge=1, description="Press so many archives at most in this run; empty: all"
    )
    at_once: int | None = Field(
        title="Archives at once", default=None, ge=1, description="Archives that are pressed at once; empty: one a worker"
    )
    priority: int = Field(
        title="Priority",
        default=0,
        ge=-100,
        le=100,
        description="Whose archives a shared cluster takes first: higher goes first; give scheduled runs 10",
    )
    gaps: Literal["report", "fail"] = Field(
        title="Gaps upstream", default="report", description="fail: what is missing upstream fails the run at its end"
    )
    source: str | None = Field(
        title="Name of the source",
        default=None,
        pattern=NAME,
        description="First folder below articles/, and a column; empty: by the kind of the files",
    )
    crawl: str | None = Field(title="Crawl", default=None, description="common-crawl: name of the crawl, e.g. CC-MAIN-2024-51")
    hosts: str | None = Field(
        title="Hosts", default=None, description="common-crawl: file with hosts, one a line, subdomains included"
    )
    index: Literal["cdx", "columnar"] = Field(
        title="Index", default="cdx", description="common-crawl: the index to look them up in; columnar is for very many hosts"
    )
    base: str = Field(
        title="Where the archives are",
        default=COMMON_CRAWL,
        description="ccnews, common-crawl: where they are, or a mirror of them is",
    )
    access: Literal["own", "anonymous", "requester-pays"] = Field(
        title="Access to buckets",
        default="own",
        description="How buckets are read: with your own keys, without, or with yours and at your cost",
    )
    columns: list[str] = Field(
        title="Columns of tables",
        default=[],
        description=f"Tables: FIELD=COLUMN, repeatable, for the fields {', '.join(COLUMNS)} (default: equal names)",
    )
    url_prefix: str = Field(
        title="URL prefix of pages",
        default="",
        description="Loose and packed pages: their URL is this and their path in the folder",
    )
    split_mb: float | None = Field(
        title="Slices (MB)",
        default=None,
        ge=0,
        description="WARC: pressed in slices of this size where there are four and more, by all workers, MB (0: never; empty: 250)",
    )

    @field_validator("archives")
    @classmethod
    def _few(cls, archives: list[str]) -> list[str]:
        if sum(map(len, archives)) > MOST_CHARACTERS:
            raise ValueError(
                f"{len(archives):,} names are too many: name their folder, or put the pattern in quotes ('crawl/*.gz')"
            )
        return archives

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: list[str]) -> list[str]:
        for text in columns:
            name, sign, column = text.partition("=")
            if name not in COLUMNS or not sign or not column:
                raise ValueError(f"column {text!r} is not of the form FIELD=COLUMN, with a field of {', '.join(COLUMNS)}")
        return columns

    @property
    def backfill_name(self) -> str:
        """The name under which the store remembers this backfill."""
        first = self.archives[0]
        return self.name or self.source or (first if first in {"ccnews", "common-crawl"} else "archives")

    def selection(self, now: datetime) -> Selection:
        """The archives that this order is about; raises FixTheRun for a list of hosts that is none."""
        until = None if self.until == "now" else datetime.combine(self.until, time(), UTC)
        is_news = self.archives[0] == "ccnews"
        split_mb = self.split_mb if self.split_mb is not None else (0 if is_news else 250)
        options = [(f"column.{name}", column) for name, _, column in (text.partition("=") for text in self.columns)]
        return Selection(
            what=tuple(self.archives),
            source=self.source or "",
            reprocess=self.reprocess,
            since=datetime.combine(self.since, time(), UTC) if self.since else None,
            until=until,
            now=now,
            newest_first=self.newest_first,
            limit=self.limit or 0,
            split_bytes=round(split_mb * 1e6),
            base=self.base,
            access="" if self.access == "own" else self.access,
            crawl=self.crawl or "",
            index=self.index,
            hosts=read_hosts_file(self.hosts) if self.hosts else (),
            reader_options=tuple(sorted([*options, *([("url_prefix", self.url_prefix)] if self.url_prefix else [])])),
        )


# The bases stand in the order of the form, the last one first.
class BackfillOrder(HowToPress, WhatToBackfill):
    """A backfill: which archives, into which corpus, by which recipe, on which cluster."""


class WhatToCollect(Form):
    """Which sites, into which corpus."""

    rare: ClassVar = {"source", "priority"}

    sources: str = Field(
        title="Sites", description="File with agent, limits and sites: a path or s3:// address", examples=["sources.toml"]
    )
    into: str = Field(title="Corpus", description="Root of the corpus: a folder or s3://bucket/prefix", examples=["corpus/"])
    source: str = Field(
        title="Name of the source",
        default="collect",
        pattern=NAME,
        description="First folder below captures/ and articles/, and a column",
    )
    minutes: float | None = Field(
        title="Time for visits (minutes)",
        default=None,
        gt=0,
        le=1_440,
        description="Time for the visits, minutes; empty: as the file says. The rest is deferred",
    )
    every_source: bool = Field(title="Every source", default=False, description="Ask sources that are not due yet, too")
    opt_outs: Literal["honour", "record"] = Field(
        title="Opt-outs",
        default="honour",
        description="honour: pages that say noai, noarchive, noindex or TDM-Reservation stay out of the corpus; record: a column",
    )
    priority: int = Field(
        title="Priority", default=10, ge=-100, le=100, description="Whose work a shared cluster takes first: higher goes first"
    )


class CollectOrder(HowToPress, WhatToCollect):
    """A run of collect: which sites, into which corpus, by which recipe, on which cluster."""

    def own_filters(self) -> list[tuple[str, str]]:
        """Opt-outs are honoured unless somebody says otherwise."""
        return [("opt_outs", "honour")] if self.opt_outs == "honour" else []


class AuditOrder(Form):
    """An audit: which corpus, and how closely."""

    into: str = Field(title="Corpus", description="Root of the corpus: a folder or s3://bucket/prefix", examples=["corpus/"])
    deep: bool = Field(title="Every byte", default=False, description="Look at every byte and every record, in place of a sample")
