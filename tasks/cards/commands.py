"""The commands that make an edition, or an export of it, again."""

import shlex
from typing import Any

from tasks.editions import Edition

# Said elsewhere in the command, or nobody else's business: where a corpus lies is not for its card.
SAID_ELSEWHERE = {"into", "edition", "name", "whole", "cluster", "workers", "priority"}
OPTIONS = {"filters": "filter"}


def curate_command(edition: Edition) -> str:
    """The command that curates such an edition; ROOT stands for the corpus."""
    return shlex.join(["pressrun", "curate", "ROOT", "--edition", edition.name, *flags(edition.order)])


def flags(order: dict[str, Any]) -> list[str]:
    """Settings of an order as options, sorted by name; those that are not set are left out, a list is an option repeated."""
    found: list[str] = []
    for name, value in sorted(order.items()):
        if name in SAID_ELSEWHERE:
            continue
        flag = f"--{OPTIONS.get(name, name).replace('_', '-')}"
        if value is True:
            found.append(flag)
        elif value == [] and name == "filters":
            found.append("--no-filter")
        elif value not in (None, False, ""):
            values = value if isinstance(value, (list, tuple)) else [value]
            found += [part for one in values for part in (flag, _word(one))]
    return found


def _word(value: Any) -> str:
    # A pair is a setting with its value, as in --filter min_chars=400.
    return "=".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
