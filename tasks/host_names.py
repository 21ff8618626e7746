"""The hosts that are wanted: what a person lists, one a line, and whether a host is among them or below one of them."""

import re
from collections.abc import Iterable

import idna

from tasks.errors import FixTheRun

LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBERS = re.compile(r"[0-9.]+")
IPV4 = re.compile(r"((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(?!$)|$)){4}")
LINES_NAMED = 5
HINT = "each line should be one host or domain such as example.org, without scheme, path or port"


class Hosts:
    """Hosts by name: each entry stands for itself and everything below it."""

    def __init__(self, names: Iterable[str]) -> None:
        """``names`` as ``read_hosts`` gives them."""
        self.names = tuple(sorted(set(names)))
        self._names = frozenset(self.names)

    def takes(self, host: str) -> bool:
        """Whether the host is an entry or below one; one look-up a label."""
        name = host.rstrip(".").lower()
        while name not in self._names:
            _, _, name = name.partition(".")
            if not name:
                return False
        return True


def read_hosts(text: str) -> tuple[str, ...]:
    """The hosts of a list, in lower case and punycode, sorted, each once; raises FixTheRun that names the lines that are none.

    Blank lines are skipped, and what follows a ``#``.
    """
    lines = [line.partition("#")[0].strip() for line in text.removeprefix("\ufeff").splitlines()]
    names = {number: _host_name(line) for number, line in enumerate(lines, 1) if line}
    wrong = [number for number, name in names.items() if not name]
    if wrong:
        named = ", ".join(map(str, wrong[:LINES_NAMED])) + (f" and {len(wrong) - LINES_NAMED} more" * (len(wrong) > LINES_NAMED))
        first = lines[wrong[0] - 1].rpartition("@")[2][:60]  # what stands before an @ may be a password
        raise FixTheRun(f"no hosts in line{'s' * (len(wrong) > 1)} {named} of the list of hosts ({first!r}): {HINT}")
    if not names:
        raise FixTheRun(f"the list of hosts is empty: {HINT}")
    return tuple(sorted(set(names.values())))


def _host_name(line: str) -> str:
    name = line.lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    labels = name.split(".")
    well_formed = len(labels) > 1 and len(name) <= 253 and all(LABEL.fullmatch(label) for label in labels)
    is_number = bool(NUMBERS.fullmatch(labels[-1]))
    return name if well_formed and (not is_number or IPV4.fullmatch(name)) else ""
