"""What becomes of each line: its part in the article."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from tasks.metadata.language import detect_language
from tasks.plain_text.head_lines import Stated
from tasks.plain_text.kinds import Kind
from tasks.plain_text.lines import Line

SAMPLE_LINES = 12


class Part(Enum):
    """The closed list."""

    BODY = auto()
    CAPTION = auto()
    # The headline, once or again, and the lines that say when and by whom.
    HEAD = auto()
    ASIDE = auto()


@dataclass(slots=True)
class Parts:
    """A part for every line, and what the lines of the head say; ``stated`` in the order of trust."""

    of_lines: list[Part]
    title: str | None = None
    site_name: str | None = None
    stated: list[Stated] = field(default_factory=list)

    def take(self, index: int, said: Stated) -> None:
        """A line that says when or by whom; one that says neither in a way that can be read is set aside."""
        self.of_lines[index] = Part.HEAD if said.moment or said.authors else Part.ASIDE
        self.stated.append(said)


def language_of(lines: Sequence[Line], kinds: Sequence[Kind]) -> str | None:
    """The language of the first sentences, for the order of day and month."""
    sample: list[str] = []
    for line, kind in zip(lines, kinds, strict=True):
        if kind is Kind.PROSE:
            sample.append(line.text[:500])
            if len(sample) == SAMPLE_LINES:
                break
    return detect_language(" ".join(sample))[0] if sample else None
