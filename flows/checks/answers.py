"""What the answers of workers mean, and what to do."""

from collections.abc import Iterator
from typing import Any

from flows.checks.findings import Finding, fail, warn
from tasks.errors import PressError
from tasks.storage import NotFound


def differences(own: dict[str, str], found: dict[str, Any]) -> Iterator[Finding]:
    """A finding for every package that is another one at some place."""
    for name, version in own.items():
        others = {place: told[name] for place, told in found.items() if isinstance(told, dict) and told[name] != version}
        if others:
            place, other = min(others.items())
            count = f"{len(others)} of {len(found)} places"
            verdict = fail if name in {"dask", "distributed"} else warn
            yield verdict(
                f"{name} {other or 'is missing'} at {count}, e.g. {place}; {version} here",
                "install with infra/constraints.txt everywhere, or take one image",
            )


def why_unread(answer: Any) -> str:
    """Why a worker could not read; only of our own errors the text, that of others may hold a secret."""
    if isinstance(answer, NotFound):
        return "what was written here is not there"
    if isinstance(answer, PressError):
        return str(answer)
    if isinstance(answer, ImportError):
        return "it has no such Pressrun"
    return f"{type(answer).__name__}" if isinstance(answer, BaseException) else "it read other bytes"


def advice_unread(answer: Any) -> str:
    """What would let it read."""
    if isinstance(answer, ImportError):
        return "install the same Pressrun there"
    return "give it the same AWS_* variables, or a folder that all machines share"
