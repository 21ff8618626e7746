"""The headline, without the name of the site around it."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from urllib.parse import urlsplit

from tasks.metadata.evidence import Evidence, clean_text

# The last of the bars is a Korean letter that many use as one.
SEPARATOR = re.compile(r"\s+[-\u2013\u2014|·•»«\u203a:/*~]+\s+|\s*[|\uff5c\u3163]\s*|\s+::\s+")
# Without space around it a dash parts words; before the site's name it parts that too.
TIGHT_SEPARATOR = re.compile(r"\s*[-\u2013\u2014_]\s*")
DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
MAX_SITE_PARTS = 3
MAX_SITE_CHARS = 45
MAX_SECTION_CHARS = 20
MIN_TITLE_CHARS = 15
LETTERS = re.compile(r"[\W_]+")


def choose_title(evidence: Sequence[Evidence], site_names: tuple[str, ...], url: str) -> str | None:
    """The headline of JSON-LD, else of meta tags, of microdata, of the page, of its window; without the site's name."""
    names = site_keys(site_names, url)
    # Most pages say the same title in many places.
    cut = cache(lambda title: cut_site_name(clean_text(title), names))
    structured, *others = [_bare(item.titles, names, cut) for item in evidence]
    windows = _bare(tuple(title for item in evidence for title in item.window_titles), names, cut)
    declared, *_, shown = others
    if declared and structured and _seen(declared[0], shown) and not _seen(structured[0], shown) and _seen(structured[0], windows):
        # What readers see and share, before what is written for search engines.
        return declared[0]
    if structured:
        return structured[0]
    titles = [title for found in (*others, windows) for title in found]
    if not titles:
        return next(
            (clean for item in evidence for title in item.titles + item.window_titles if (clean := clean_text(title))), None
        )
    return next((other for other in titles if _is_within(other, titles[0])), titles[0])


def _bare(titles: tuple[str, ...], names: set[str], cut: Callable[[str], str]) -> list[str]:
    """Titles without the site's name, each once; those that are nothing else left out."""
    bare = dict.fromkeys(cut(title) for title in titles)
    return [title for title in bare if title and letters_of(title) not in names]


def _seen(title: str, others: list[str]) -> bool:
    return any(letters_of(title) == letters_of(other) for other in others[:1])


def cut_site_name(title: str, names: set[str]) -> str:
    """Cut the site's name off the end or the start, up to three parts ("... | Politics | The Daily")."""
    parts = list(SEPARATOR.finditer(title))
    for found in parts[-MAX_SITE_PARTS:]:
        if _is_tail(title[found.end() :], names):
            return _cut_tight(title[: found.start()], found[0].strip()).strip()
    if parts and letters_of(title[: parts[0].start()]) in names:
        return title[parts[0].end() :].strip()
    tight = list(TIGHT_SEPARATOR.finditer(title))
    if tight and letters_of(title[tight[-1].end() :]) in names:
        return title[: tight[-1].start()].strip()
    return title


def _cut_tight(title: str, separator: str) -> str:
    """Cut a section that a dash without space sets off before the bar that was cut ("Headline-Politics|The Daily")."""
    tight = list(TIGHT_SEPARATOR.finditer(title))
    is_bar = separator in ("\u3163", "\uff5c")
    is_section = bool(tight) and 0 < len(title) - tight[-1].end() <= MAX_SECTION_CHARS // 2
    return title[: tight[-1].start()] if is_bar and is_section else title


def _is_tail(tail: str, names: set[str]) -> bool:
    """The site's name with short parts (sections) before it, and behind it a date or who wrote it."""
    parts = SEPARATOR.split(tail)
    named = next((index for index, part in enumerate(parts) if letters_of(part) in names), None)
    if named is None:
        return False
    behind = parts[named + 1 :]
    are_sections = all(len(part) <= MAX_SECTION_CHARS and len(part.split()) <= 2 for part in parts[:named])
    return are_sections and all(
        DATE.fullmatch(part) or part.lower().startswith("by ") or letters_of(part) in names for part in behind
    )


def site_keys(site_names: tuple[str, ...], url: str) -> set[str]:
    """The site's names and its host's, letters and digits only."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    labels = host.split(".")
    keys = {letters_of(name) for name in site_names} | {letters_of(host), letters_of(host.removesuffix(".com"))}
    keys |= {letters_of(label) for label in labels[:-1] if len(label) > 2}
    return {key for key in keys if key}


def letters_of(text: str) -> str:
    """A text without case, space and punctuation, to compare by."""
    return LETTERS.sub("", text).casefold()


def _is_within(other: str, title: str) -> bool:
    """The same headline without what a separator sets off behind it."""
    rest = title.removeprefix(other)
    is_most = len(other) * 2 >= len(title) or len(rest) <= MAX_SITE_CHARS
    return rest != title and len(other) >= MIN_TITLE_CHARS and is_most and SEPARATOR.match(rest) is not None
