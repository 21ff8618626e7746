"""What a person types: pydantic models that become the form in the Prefect UI."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tasks.plans import Selection
from tasks.recipe import Recipe

DEFAULT = Recipe()
SOURCE_NAME = r"^[a-z0-9][a-z0-9_-]{0,39}$"


class BackfillOrder(BaseModel):
    """A backfill: which archives, into which corpus, by which recipe, on which cluster."""

    model_config = ConfigDict(extra="forbid")

    archives: Annotated[list[str], Field(min_length=1)] = Field(
        description="WARC or ARC files, folders or globs: paths, or s3:// addresses", examples=[["s3://bucket/warc/*.warc.gz"]]
    )
    into: str = Field(description="Root of the corpus: a folder or s3://bucket/prefix", examples=["corpus/"])
    source: str = Field(
        default="warc_files", pattern=SOURCE_NAME, description="Name of the source: first folder below articles/, and a column"
    )
    extractor: str = Field(
        default=DEFAULT.extractor,
        description="thorough (best text), balanced, fast (most pages per core), or trafilatura (its rules alone)",
    )
    text_format: Literal["text", "markdown"] = Field(
        default="text", description="markdown: a column with Markdown beside the plain text"
    )
    filters: list[str] = Field(
        default=[f"{name}={option}" for name, option in DEFAULT.filters],
        description="Filters, each as name=option, in order; empty: keep every text",
    )
    max_payload_mb: float = Field(default=DEFAULT.max_payload_bytes / 1e6, description="Larger pages are rejected, MB")
    max_page_cpu_seconds: float = Field(default=DEFAULT.max_cpu_seconds, description="CPU time for one page, seconds")
    part_articles: int = Field(
        default=DEFAULT.part_articles, description="Articles in one Parquet file, and the most that a kill costs"
    )
    cluster: str = Field(
        default="local", description="local, the address of a Dask scheduler, or a file like infra/clusters/local.yaml"
    )
    workers: int | None = Field(default=None, ge=1, le=10_000, description="Worker processes; empty: one a core")
    reprocess: Literal["none", "failed"] = Field(
        default="none", description="failed: take up the archives, and only those, that were given up earlier"
    )
    window_shards: int = Field(default=200, ge=1, le=1_000, description="Archives in one window (one subflow in the UI)")

    @field_validator("filters")
    @classmethod
    def _named(cls, filters: list[str]) -> list[str]:
        for text in filters:
            if "=" not in text:
                raise ValueError(f"filter {text!r} is not of the form name=option, e.g. min_chars=100")
        return filters

    def selection(self) -> Selection:
        """The archives that this order is about."""
        return Selection(tuple(self.archives), self.source, self.reprocess)

    def recipe(self) -> Recipe:
        """The recipe that this order asks for, checked; raises FixTheRun."""
        made = Recipe(
            extractor=self.extractor,
            filters=tuple((name, option) for name, _, option in (text.partition("=") for text in self.filters)),
            max_payload_bytes=round(self.max_payload_mb * 1e6),
            max_cpu_seconds=self.max_page_cpu_seconds,
            part_articles=self.part_articles,
            wants_markdown=self.text_format == "markdown",
        )
        made.check()
        return made
