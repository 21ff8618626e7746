"""The keywords of an article, out of the lists that a page declares, or its links to topics."""

import re
from collections.abc import Iterable, Iterator

from tasks.metadata.evidence import clean_text

MAX_TAGS = 50
MAX_TAG_CHARS = 200
UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
# Numbers of six digits and more are ids of some system; shorter ones may be years.
ID = re.compile(r"\d{6,}")
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|[a-z]{2})", re.IGNORECASE)
LABEL = re.compile(r"(?P<name>[^\W\d][\w -]{1,30}):(?P<space>\s*)(?=\S)")
TOPIC_LABELS = {"subject", "topic", "category", "tag", "keyword", "person", "people", "place", "location", "thema", "tema"}
MANY_LABELS = 3
# Lists of a wire's own codes, for machines.
CODE = re.compile(r"[A-Z0-9:-]{2,20}")
MIN_CODES = 6


def choose_tags(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Keywords of the first list (in the order of trust) that has several, else of the first that has one."""
    single: tuple[str, ...] = ()
    for texts in lists:
        tags = clean_tags(texts)
        if len(tags) > 1:
            return tags
        single = single or tags
    return single


def clean_tags(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Single keywords, each once, in their order; ids, addresses and labels for machines left out."""
    found = [tag for text in texts for tag in _split(text, len(texts))]
    if len(found) >= MIN_CODES and sum(CODE.fullmatch(tag) is not None for tag in found) > len(found) * 0.8:
        return ()
    unique: dict[str, str] = {}
    for tag in _unlabelled(found):
        if _is_tag(tag):
            unique.setdefault(tag.casefold(), tag)
    return tuple(unique.values())[:MAX_TAGS]


def _unlabelled(tags: list[str]) -> list[str]:
    """Undo labels: "Subject: Cats" is Cats; "type:article" and, among many labels, "Language: English" are for machines."""
    labels = [LABEL.match(tag) for tag in tags]
    are_many = sum(label is not None for label in labels) >= MANY_LABELS
    kept = []
    for tag, label in zip(tags, labels, strict=True):
        if label is None:
            kept.append(tag)
        elif label["name"].lower() in TOPIC_LABELS:
            kept.append(tag[label.end() :])
        elif label["space"] and not are_many:
            kept.append(tag)
    return kept


def _split(text: str, how_many: int) -> Iterator[str]:
    """Parts at commas or semicolons, where the text is the only one or has several."""
    separator = ";" if ";" in text and "," not in text else ","
    for tag in text.split(separator) if how_many == 1 or text.count(",") > 2 else [text]:
        yield clean_text(tag).removeprefix("#")


def _is_tag(tag: str) -> bool:
    if not tag or len(tag) > MAX_TAG_CHARS or "://" in tag:
        return False
    return not any(pattern.fullmatch(tag) for pattern in (UUID, ID, HOST))
