"""The language of a text, by its first 1,000 characters."""

import re

import pycld2

SAMPLE_CHARS = 1_000
# CLD2 refuses what is no interchange-valid UTF-8: controls, surrogates, non-characters.
REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+|[\U0001fffe\U0001ffff]")
UNKNOWN = "un"


def detect_language(text: str) -> tuple[str | None, float | None]:
    """Guess an ISO 639 code and its share of the text (0 to 1); (None, None) where the guess is not reliable."""
    sample = REFUSED.sub(" ", text[:SAMPLE_CHARS])
    try:
        is_reliable, _, details = pycld2.detect(sample)
    except pycld2.error:
        return None, None
    _, code, percent, _ = details[0]
    if not is_reliable or code == UNKNOWN:
        return None, None
    return str(code), percent / 100
