"""What a person decided over the rules: lines of a site that are never cut, and lines that always are."""

import tomllib
from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks.errors import FixTheRun
from tasks.site_lines.counting import Bits, Hashes
from tasks.site_lines.folding import asked_hash, fold, hash64, low_bits

ANY_SITE = "*"
HINT = '`[[keep]]` or `[[cut]]` with site = "example.org" (or "*") and line = "the line as it stands in the text"'


@dataclass(frozen=True, slots=True)
class Overrule:
    """``line`` as a person wrote it: digits count as written, ``#`` stands for any number, month or day of the week.

    ``#`` keeps date lines and buttons only: the rules cut no other line by what it looks like without its digits.
    """

    site: str
    line: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two of them the same."""
        return self.site, fold(self.line)


@dataclass(frozen=True, slots=True)
class Overrules:
    """Sorted, each once. For one site its own word is above that for every site."""

    keep: tuple[Overrule, ...] = ()
    cut: tuple[Overrule, ...] = ()

    def cut_at(self, domain: str) -> frozenset[int]:
        """Hashes of the lines that a site's articles lose wherever they stand: for ``cut_text``."""
        own = {fold(each.line) for each in self.keep if each.site == domain}
        return frozenset(
            asked_hash(each.line)
            for each in self.cut
            if each.site == domain or (each.site == ANY_SITE and fold(each.line) not in own)
        )


def parse_overrules(text: str, name: str = "lines.toml") -> Overrules:
    """Read lines.toml; raises FixTheRun with one line that says what to mend. ``name``: of the file, for that line."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FixTheRun(f"{name} is no TOML: {' '.join(str(error).split())}") from None
    unknown = sorted(raw.keys() - {"keep", "cut"})
    if unknown:
        raise FixTheRun(f"{name} has {unknown[0]!r}: it may have {HINT}")
    keep, cut = (_parse(raw.get(kind, []), kind, name) for kind in ("keep", "cut"))
    both = {each.key for each in keep} & {each.key for each in cut}
    if both:
        site, line = min(both)
        raise FixTheRun(f"{name} keeps and cuts the same line of {site}: {line!r}; take one of the two out")
    return Overrules(keep, cut)


def _parse(raw: Any, kind: str, name: str) -> tuple[Overrule, ...]:
    if not isinstance(raw, list):
        raise FixTheRun(f"{name}: write [[{kind}]], not [{kind}]")
    found = {each.key: each for each in (_one(entry, f"{name}, [[{kind}]] number {n}") for n, entry in enumerate(raw, 1))}
    return tuple(found[key] for key in sorted(found))


def _one(entry: Any, where: str) -> Overrule:
    if not isinstance(entry, dict) or entry.keys() != {"site", "line"}:
        raise FixTheRun(f"{where} needs site and line, and nothing else: {HINT}")
    site, line = entry["site"], entry["line"]
    if not (isinstance(site, str) and isinstance(line, str) and site.strip() and line.strip()):
        raise FixTheRun(f"{where}: site and line are texts that are not empty")
    if "\n" in line.strip():
        raise FixTheRun(f"{where}: a line has no line break in it; write one [[...]] for each line")
    if site != ANY_SITE and ("/" in site or ":" in site.strip("[]") or site.startswith("www.")):
        raise FixTheRun(f"{where}: site is a registrable domain such as example.org, not {site!r}")
    return Overrule(site.strip().lower(), line.strip())


def is_kept(overrules: Overrules, site: Hashes, line: Hashes, masked: Hashes) -> Bits:
    """Rows that a person wants to keep."""
    found = np.zeros(len(site), bool)
    forced = {each.key for each in overrules.cut}
    for each in overrules.keep:
        folded = fold(each.line)
        same = (line == np.uint64(hash64(folded))) | (masked == np.uint64(low_bits(asked_hash(folded))))
        if each.site != ANY_SITE:
            same &= site == np.uint64(hash64(each.site))
        found |= same & ~_is_forced(site, folded, forced)
    return found


def _is_forced(site: Hashes, folded: str, forced: set[tuple[str, str]]) -> Bits:
    sites = [hash64(name) for name, line in forced if line == folded]
    return np.isin(site, np.array(sites, np.uint64))
