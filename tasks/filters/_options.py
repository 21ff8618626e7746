"""What filters read out of their option: a whole number, a day, a list, rules that are switched off."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar

from tasks.errors import FixTheRun

Rule = TypeVar("Rule")
MAX_DIGITS = 12
MAX_SHOWN = 80
WITHOUT = "without:"


def refused(name: str, option: str, hint: str) -> FixTheRun:
    """The one line that says what a filter takes; ``hint`` ends in an example that works."""
    shown = option if option.isprintable() else ascii(option)
    return FixTheRun(f"filter {name}={shown[:MAX_SHOWN]}: {hint}")


def whole_number(name: str, option: str, hint: str) -> int:
    """A whole number, 0 or more; raises FixTheRun."""
    if not option.isdecimal() or len(option) > MAX_DIGITS:
        raise refused(name, option, hint)
    return int(option)


def day(name: str, option: str) -> date:
    """A day, YYYY-MM-DD; raises FixTheRun."""
    try:
        return datetime.strptime(option, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise refused(name, option, f"it takes a day, e.g. {name}=2024-12-01") from None


def listed(name: str, option: str, hint: str) -> tuple[str, ...]:
    """The parts of a list with commas, each once, in their order; raises FixTheRun where one is empty.

    ``+`` is a comma too: `pressrun diff --recipe` takes real ones for the end of the option.
    """
    parts = tuple(dict.fromkeys(part.strip() for part in option.replace("+", ",").split(",")))
    if not all(parts):
        raise refused(name, option, hint)
    return parts


def must_be_on(name: str, option: str) -> None:
    """Refuse an option of a filter that has none to choose; raises FixTheRun."""
    if option != "on":
        raise refused(name, option, f"there is nothing to choose, it is {name}=on")


def rules_left(name: str, option: str, rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """The rules that ``on`` or ``without:rule,rule`` leaves; raises FixTheRun for another option, or where none is left."""
    names = ", ".join(rules)
    hint = f"it takes on, or rules that are switched off (of {names}), e.g. {name}={WITHOUT}{next(iter(rules))}"
    off: Iterable[str] = ()
    if option != "on":
        off = listed(name, option.removeprefix(WITHOUT), hint) if option.startswith(WITHOUT) else (option,)
    left = {key: rule for key, rule in rules.items() if key not in off}
    if not left or not set(off) <= set(rules):
        raise refused(name, option, hint)
    return left
