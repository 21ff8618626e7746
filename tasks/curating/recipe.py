"""What an edition is made by: everything that decides its rows beside the articles themselves."""

from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from tasks.components import load_component
from tasks.dedup.bands import BANDS, LEAST_SIMILARITY
from tasks.dedup.signatures import SHINGLE_WORDS, SIGNATURE_BYTES
from tasks.masking import check_kinds
from tasks.recipe import digest_of
from tasks.site_lines.overrules import Overrules

# Raised with every change of our own code that changes a row of an edition: its files are then written anew.
EDITION_REVISION = 2


@dataclass(frozen=True, slots=True)
class EditionRecipe:
    """What a person may choose. ``keep``: all, or originals alone; ``mask``: kinds of personal data that are masked."""

    keep: str = "all"
    filters: tuple[tuple[str, str], ...] = (("min_chars", "100"),)
    mask: tuple[str, ...] = ()
    cuts_lines: bool = True
    overrules: Overrules = field(default_factory=Overrules)

    def check(self) -> None:
        """Raise FixTheRun, with one line, for a choice that cannot work."""
        for name, option in self.filters:
            load_component("filters", name).make(option)
        if self.mask:
            check_kinds(self.mask)

    def described(self) -> dict[str, Any]:
        """All that decides a row, as it stands in the manifest."""
        near = {"shingle_words": SHINGLE_WORDS, "hashes": SIGNATURE_BYTES, "bands": BANDS, "least_similarity": LEAST_SIMILARITY}
        return {**asdict(self), "near": near, "revision": EDITION_REVISION, "versions": {"rensa": version("rensa")}}

    @property
    def id(self) -> str:
        """16 hex digits of SHA-256 over the description."""
        return digest_of(self.described())
