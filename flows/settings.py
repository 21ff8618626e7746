"""How pages are pressed and where the work runs: what the orders of all runs have in common."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from tasks.hosts import hosts_digest, read_hosts_file
from tasks.recipe import Recipe

DEFAULT = Recipe()


class HowToPress(BaseModel):
    """Extractor, filters, limits and cluster; they become the end of the form in the Prefect UI."""

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
    only_hosts: str | None = Field(default=None, description="File with hosts, one a line: pages of all others are rejected")
    published_since: date | None = Field(default=None, description="Articles known to be published before this day are rejected")
    max_payload_mb: float = Field(default=DEFAULT.max_payload_bytes / 1e6, description="Larger pages are rejected, MB")
    max_page_cpu_seconds: float = Field(default=DEFAULT.max_cpu_seconds, description="CPU time for one page, seconds")
    part_articles: int = Field(
        default=DEFAULT.part_articles, description="Articles in one Parquet file, and the most that a kill costs"
    )
    cluster: str = Field(
        default="local", description="local, the address of a Dask scheduler, or a file like infra/clusters/local.yaml"
    )
    workers: int | None = Field(default=None, ge=1, le=10_000, description="Worker processes; empty: one a core")
    window_shards: int = Field(default=200, ge=1, le=1_000, description="Archives in one window (one subflow in the UI)")

    @field_validator("filters")
    @classmethod
    def _named(cls, filters: list[str]) -> list[str]:
        for text in filters:
            if "=" not in text:
                raise ValueError(f"filter {text!r} is not of the form name=option, e.g. min_chars=100")
        return filters

    def own_filters(self) -> list[tuple[str, str]]:
        """Filters that this kind of run adds to the chosen ones."""
        return []

    def wanted_hosts(self) -> tuple[str, ...]:
        """The hosts whose pages are pressed, none: all; raises FixTheRun for a list that is none."""
        return read_hosts_file(self.only_hosts) if self.only_hosts else ()

    def recipe(self) -> Recipe:
        """The recipe that this order asks for, checked; raises FixTheRun."""
        filters = [(name, option) for name, _, option in (text.partition("=") for text in self.filters)]
        filters += self.own_filters()
        if self.published_since:
            filters.append(("published_since", f"{self.published_since}"))
        made = Recipe(
            extractor=self.extractor,
            filters=tuple(filters),
            max_payload_bytes=round(self.max_payload_mb * 1e6),
            max_cpu_seconds=self.max_page_cpu_seconds,
            part_articles=self.part_articles,
            wants_markdown=self.text_format == "markdown",
            only_hosts=hosts_digest(self.wanted_hosts()),
        )
        made.check()
        return made
