"""JSON Feed, versions 1 and 1.1."""

import json
from datetime import datetime
from typing import Any

from tasks.discovery.dates import read_date
from tasks.discovery.items import Announced, Item, not_ahead, one_line, unique
from tasks.urls import clean_url

VERSIONS = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")


def read_json_feed(text: str, url: str, now: datetime) -> Announced:
    """What a JSON Feed announces. Never raises: what is wrong is a problem."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        return Announced(problems=("no feed: JSON that cannot be read",))
    entries = feed.get("items") if isinstance(feed, dict) and _text(feed, "version").startswith(VERSIONS) else None
    if not isinstance(entries, list):
        return Announced(problems=("no feed: JSON, and no JSON Feed",))
    language = _text(feed, "language")
    items = [item for entry in entries if isinstance(entry, dict) and (item := _item(entry, url, language, now))]
    lost = len(entries) - len(items)
    return Announced(unique(items), problems=(f"{lost} of {len(entries)} entries have no link",) if lost else ())


def _item(entry: dict[str, Any], url: str, language: str, now: datetime) -> Item | None:
    identity = _text(entry, "id")
    # An id need not be an address; version 1 wishes that it is.
    raw = _text(entry, "url") or (identity if identity.startswith(("http://", "https://")) else "") or _text(entry, "external_url")
    link = clean_url(raw, url)
    if link is None:
        return None
    moment = read_date(_text(entry, "date_published")) or read_date(_text(entry, "date_modified"))
    return Item(link, not_ahead(moment, now), one_line(_text(entry, "title")), _text(entry, "language") or language)


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""
