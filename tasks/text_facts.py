"""What stands beside a text in its row."""

import hashlib
import re

WORD = re.compile(r"\w+")


def text_digest(text: str) -> str:
    """SHA-256 of a text as UTF-8, hex."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def count_words(text: str) -> int:
    """Runs of word characters."""
    return len(WORD.findall(text))
