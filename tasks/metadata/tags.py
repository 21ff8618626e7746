"""The keywords of an article, out of the lists that a page declares, or its links to topics."""

import re
from collections.abc import Iterable, Iterator

from tasks.metadata.evidence import Evidence, clean_text

MAX_TAGS = 50
MAX_TAG_CHARS = 200
UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
# Numbers of six digits and more are ids of some system; shorter ones may be years.
ID = re.compile(r"\d{6,}")
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|[a-z]{2})", re.IGNORECASE)


def choose_tags(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Keywords of the most trusted list that has several, else of the first that has one."""
    lists = [clean_tags(texts) for item in evidence for texts in item.tags]
    return next((tags for tags in lists if len(tags) > 1), None) or next((tags for tags in lists if tags), ())


def clean_tags(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Single keywords, each once, in their order; ids and addresses left out."""
    unique: dict[str, str] = {}
    for tag in (tag for text in texts for tag in _split(text, len(texts))):
        if _is_tag(tag):
            unique.setdefault(tag.casefold(), tag)
    return tuple(unique.values())[:MAX_TAGS]


def _split(text: str, how_many: int) -> Iterator[str]:
    """Parts at commas or semicolons, where the text is the only one or has several."""
    separator = ";" if ";" in text and "," not in text else ","
    for tag in text.split(separator) if how_many == 1 or text.count(",") > 2 else [text]:
        yield clean_text(tag).removeprefix("#")


def _is_tag(tag: str) -> bool:
    if not tag or len(tag) > MAX_TAG_CHARS or "://" in tag:
        return False
    return not any(pattern.fullmatch(tag) for pattern in (UUID, ID, HOST))
