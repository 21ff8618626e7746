"""What a person types for an edition: the form in the Prefect UI, and the options of the command."""

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from flows.settings import Form, check_filters, cluster_field, workers_field
from tasks.curating.recipe import EditionRecipe
from tasks.editions import EDITION_NAME
from tasks.errors import FixTheRun
from tasks.site_lines.overrules import Overrules, parse_overrules
from tasks.storage import NotFound, open_object

DEFAULT = EditionRecipe()


class CurateOrder(Form):
    """An edition: of which corpus, under which name, by which rules, on which cluster."""

    rare: ClassVar = {"overrules", "whole", "priority"}

    into: str = Field(title="Corpus", description="Root of the corpus: a folder or s3://bucket/prefix", examples=["corpus/"])
    edition: str = Field(
        title="Name of the edition",
        default="main",
        pattern=EDITION_NAME,
        description="Folder below curated/; made again, it is brought up to date, file by file",
    )
    keep: Literal["all", "originals"] = Field(
        title="Copies",
        default="all",
        description="all: copies stay and are marked; originals: of a story the original alone",
    )
    filters: list[str] = Field(
        title="Filters",
        default=[f"{name}={option}" for name, option in DEFAULT.filters],
        description="Filters, each as name=option, in order; empty: keep every text",
    )
    mask: list[Literal["email", "phone", "ip"]] = Field(
        title="Mask", default=[], description="Personal data that is masked in texts: email, phone, ip"
    )
    site_lines: Literal["cut", "keep"] = Field(
        title="Repeated lines", default="cut", description="cut: lines that a site repeats on its pages are taken out of texts"
    )
    overrules: str | None = Field(
        title="Overrules",
        default=None,
        description="File (lines.toml) with lines that are always cut, or never: a path or s3:// address",
    )
    whole: bool = Field(
        title="From the start", default=False, description="Forget what earlier editions found, and look at every article again"
    )
    cluster: str = cluster_field()
    workers: int | None = workers_field()
    priority: int = Field(
        title="Priority", default=0, ge=-100, le=100, description="Whose work a shared cluster takes first: higher goes first"
    )

    @field_validator("filters")
    @classmethod
    def _named(cls, filters: list[str]) -> list[str]:
        return check_filters(filters)

    def recipe(self) -> EditionRecipe:
        """What decides the rows of this edition, checked; raises FixTheRun."""
        filters = [(name, option) for name, _, option in (text.partition("=") for text in self.filters)]
        made = EditionRecipe(
            keep=self.keep,
            filters=tuple(filters),
            mask=tuple(sorted(set(self.mask))),
            cuts_lines=self.site_lines == "cut",
            overrules=_read_overrules(self.overrules) if self.overrules else Overrules(),
        )
        made.check()
        return made


def _read_overrules(address: str) -> Overrules:
    store, key = open_object(address)
    try:
        return parse_overrules(store.read(key).decode(), address)
    except NotFound:
        raise FixTheRun(f"there is no file {address}") from None
    except UnicodeDecodeError:
        raise FixTheRun(f"{address} is no UTF-8 text") from None
