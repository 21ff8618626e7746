"""The headline, without the name of the site around it."""

import re
from urllib.parse import urlsplit

SEPARATOR = re.compile(r"\s+[-\u2013\u2014|·•»«:/]+\s+|\s*\|\s*|\s+::\s+")
MAX_SITE_PARTS = 3
MAX_SITE_CHARS = 45
MIN_TITLE_CHARS = 15
LETTERS = re.compile(r"[\W_]+")


def choose_title(titles: tuple[str, ...], site_names: tuple[str, ...], url: str) -> str | None:
    """The title of the most trusted kind of markup, as bare as any says it; ``titles`` come in the order of trust."""
    names = _site_keys(site_names, url)
    bare = [cut_site_name(title, names) for title in titles]
    best = next((title for title in bare if title and _key(title) not in names), None)
    if best is None:
        return next((title for title in titles if title), None)
    return next((other for other in bare if _is_within(other, best)), best)


def cut_site_name(title: str, site_keys: set[str]) -> str:
    """Cut the site's name off the end or the start, up to three parts ("... | Politics | The Daily")."""
    parts = list(SEPARATOR.finditer(title))
    for found in parts[-MAX_SITE_PARTS:]:
        if parts and _key(title[parts[-1].end() :]) in site_keys and _is_tail(title[found.end() :], site_keys):
            return title[: found.start()].strip()
    if parts and _key(title[: parts[0].start()]) in site_keys:
        return title[parts[0].end() :].strip()
    return title


def _is_tail(tail: str, site_keys: set[str]) -> bool:
    """The site's name alone or with short parts (sections) before it."""
    parts = SEPARATOR.split(tail)
    return all(len(part) <= 20 and len(part.split()) <= 2 for part in parts[:-1]) and _key(parts[-1]) in site_keys


def _site_keys(site_names: tuple[str, ...], url: str) -> set[str]:
    """The site's names and its host's, letters and digits only."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    labels = host.split(".")
    keys = {_key(name) for name in site_names} | {_key(host), _key(host.removesuffix(".com"))}
    keys |= {_key(label) for label in labels[:-1] if len(label) > 2}
    return {key for key in keys if key}


def _key(text: str) -> str:
    return LETTERS.sub("", text).casefold()


def _is_within(other: str, title: str) -> bool:
    """The same headline without what a separator sets off behind it."""
    rest = title.removeprefix(other)
    is_most = len(other) * 2 >= len(title) or len(rest) <= MAX_SITE_CHARS
    return rest != title and len(other) >= MIN_TITLE_CHARS and is_most and SEPARATOR.match(rest) is not None
