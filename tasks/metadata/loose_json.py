"""JSON as web pages have it: wrapped in comments, escaped twice, with commas and line ends where none belong."""

import html
import json
import re
from typing import Any

MAX_SCRIPT_CHARS = 2_000_000
WRAPPING = re.compile(r"\A(?:\s|\ufeff|;|<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)+")
UNWRAPPING = re.compile(r"(?:\s|;|-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>|//\s*(?=-->))+\Z")
STRING_OR_COMMA = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z))|,(?=\s*[}\]])', re.DOTALL)
BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
# strict=False: control characters within strings are common, and harmless.
DECODER = json.JSONDecoder(strict=False)


def read_json(text: str) -> list[Any]:
    """The values in a script, mended where that is safe; empty where it is no JSON or over 2 million characters."""
    if len(text) > MAX_SCRIPT_CHARS:
        return []
    bare = WRAPPING.sub("", text, count=1)
    bare = bare[: _end_of(bare)]
    for mend in (str, _mend, lambda broken: _mend(html.unescape(broken))):
        values = _decode_all(mend(bare))
        if values:
            return values
    return []


def _end_of(text: str) -> int:
    """Where the JSON ends. The wrapping is looked for near the end only: a regex over it all could take very long."""
    tail_start = max(0, len(text) - 200)
    found = UNWRAPPING.search(text[tail_start:])
    return tail_start + found.start() if found else len(text)


def _decode_all(text: str) -> list[Any]:
    """Every value of those that follow each other; some sites write two objects into one script."""
    values: list[Any] = []
    position = 0
    while position < len(text) and len(values) < 50:
        try:
            value, position = DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return values
        values.append(value)
        position = _next_value(text, position)
    return values


def _next_value(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n,;":
        position += 1
    return position


def _mend(text: str) -> str:
    """Drop commas before a closing bracket and escapes that JSON does not have."""
    without_commas = STRING_OR_COMMA.sub(lambda found: found[1] or "", text)
    return BAD_ESCAPE.sub(r"\\\\", without_commas)
