"""How pages are pressed and where the work runs: what the orders of all runs have in common."""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, field_validator

from tasks.components import component_names
from tasks.hosts import hosts_digest, read_hosts_file
from tasks.recipe import Recipe

DEFAULT = Recipe()


class Form(BaseModel):
    """What a person types; in the Prefect UI the fields that are ``rare`` stand at the end of the form."""

    model_config = ConfigDict(extra="forbid")
    rare: ClassVar[set[str]] = set()

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema of the form: what most people need comes first."""
        made = handler(core_schema)
        schema = handler.resolve_ref_schema(made)
        rare = {name for base in cls.__mro__ if issubclass(base, Form) for name in base.rare}
        fields = schema["properties"]
        if "into" in fields:  # so that Prefect refuses an empty one before there is a run
            fields["into"]["pattern"] = r"\S"
        schema["properties"] = {name: fields[name] for name in sorted(fields, key=rare.__contains__)}
        return made

    @field_validator("into", check_fields=False)
    @classmethod
    def _has_root(cls, into: str) -> str:
        """A root of blanks would be the folder where one happens to be."""
        if not into.strip():
            raise ValueError("the root of the corpus is empty: name a folder, or s3://bucket/prefix")
        return into


def check_filters(filters: list[str]) -> list[str]:
    """The filters; raises ValueError for one without its option."""
    for text in filters:
        if "=" not in text:
            raise ValueError(f"filter {text!r} is not of the form name=option, e.g. min_chars=100")
    return filters


def cluster_field() -> Any:
    """Where the work runs."""
    about = "local, the address of a Dask scheduler, or a file like infra/clusters/local.yaml"
    return Field(title="Cluster", default="local", description=about)


def workers_field() -> Any:
    """By how many."""
    about = "Worker processes; empty: one a core"
    return Field(title="Worker processes", default=None, ge=1, le=10_000, description=about)


class HowToPress(Form):
    """Extractor, filters, limits and cluster."""

    rare: ClassVar = {"only_hosts", "max_payload_mb", "max_page_cpu_seconds", "part_articles", "window_shards"}

    extractor: str = Field(
        title="Extractor",
        default=DEFAULT.extractor,
        description="thorough (best text), balanced, fast (most pages per core), or trafilatura (its rules alone)",
        # A list to choose from; the recipe says what is wrong with any other name.
        json_schema_extra={"enum": [*component_names("extractors")]},
    )
    text_format: Literal["text", "markdown"] = Field(
        title="Format of the text", default="text", description="markdown: a column with Markdown beside the plain text"
    )
    filters: list[str] = Field(
        title="Filters",
        default=[f"{name}={option}" for name, option in DEFAULT.filters],
        description="Filters, each as name=option, in order; empty: keep every text",
    )
    only_hosts: str | None = Field(
        title="Only these hosts", default=None, description="File with hosts, one a line: pages of all others are rejected"
    )
    published_since: date | None = Field(
        title="Published since", default=None, description="Articles known to be published before this day are rejected"
    )
    max_payload_mb: float = Field(
        title="Largest page (MB)", default=DEFAULT.max_payload_bytes / 1e6, description="Larger pages are rejected, MB"
    )
    max_page_cpu_seconds: float = Field(
        title="CPU time for a page (seconds)", default=DEFAULT.max_cpu_seconds, description="CPU time for one page, seconds"
    )
    part_articles: int = Field(
        title="Articles in a file",
        default=DEFAULT.part_articles,
        description="Articles in one Parquet file, and the most that a kill costs",
    )
    cluster: str = cluster_field()
    workers: int | None = workers_field()
    window_shards: int = Field(
        title="Archives in a window", default=200, ge=1, le=1_000, description="Archives in one window (one subflow in the UI)"
    )
    alarm_rejections: float = Field(
        title="Alarm at rejections (share)",
        default=0.9,
        gt=0,
        le=1,
        description="An alarm goes out when a larger share of the captures than this is rejected, 0 to 1",
    )

    @field_validator("filters")
    @classmethod
    def _named(cls, filters: list[str]) -> list[str]:
        return check_filters(filters)

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
