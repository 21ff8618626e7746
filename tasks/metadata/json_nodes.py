"""Nodes of JSON-LD: their types, values and texts, in all the shapes that sites write them."""

from typing import Any

from tasks.metadata.evidence import clean_text

Node = dict[str, Any]

MAX_VALUES = 100


def type_names(node: Node) -> list[str]:
    """Types without the prefix that some write (``schema:NewsArticle``, ``https://schema.org/NewsArticle``)."""
    types = node.get("@type")
    listed = types[:10] if isinstance(types, list) else [types]
    return [name.replace("#", "/").rpartition("/")[2].rpartition(":")[2] for name in listed if isinstance(name, str)]


def types_of(node: Node) -> set[str]:
    """The types of a node, as a set."""
    return set(type_names(node))


def values_of(nodes: list[Node], key: str) -> list[Any]:
    """Values of a property over nodes, lists and ``@list`` opened; None and empty ones left out."""
    found: list[Any] = []
    for node in nodes:
        value = node.get(key)
        if value is None:
            continue
        if isinstance(value, dict) and "@list" in value:
            value = value["@list"]
        found += value[:MAX_VALUES] if isinstance(value, list) else [value]
    return [value for value in found if value is not None and value not in ("", [], {})]


def texts_of(nodes: list[Node], key: str) -> tuple[str, ...]:
    """The texts of a property over nodes, empty ones left out."""
    return tuple(text for value in values_of(nodes, key) if (text := text_of(value)))


def text_of(value: Any) -> str:
    """A value as text: a string, a number (epoch times), or what a node calls itself."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "@value", "alternateName", "@id", "url") if value.get(key)), "")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return str(value)
    return clean_text(value) if isinstance(value, str) else ""


def linked(value: Any, by_id: dict[str, Node]) -> Any:
    """The node that a bare ``{"@id": ...}`` points to, or the value itself."""
    if isinstance(value, dict) and not value.get("name") and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value
