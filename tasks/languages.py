"""Codes of languages: as people ask for them, as the detector writes them, as ISO 639 lists them."""

import re
from collections.abc import Container

# What people ask for, and how the detector (CLD2) writes it.
OLD_CODES = {"he": "iw", "jv": "jw", "nb": "no", "fil": "tl"}
# The detector's codes that ISO 639 has withdrawn, and those of its jokes, which are no languages.
ISO_CODES = {"iw": "he", "jw": "jv", "bh": "bih"}
NO_LANGUAGES = {"un", "xx", "zzb", "zze", "zzh", "zzp"}
ISO_CODE = re.compile(r"[a-z]{2,3}")


def as_detected(asked: str) -> str:
    """The detector's code for one that somebody asks for, in small letters."""
    code = asked.lower()
    return OLD_CODES.get(code, code)


def code_that_takes(language: str | None, asked: Container[str]) -> str | None:
    """Which of some codes (``as_detected``) takes an article's language: its own before the one it is a variant of.

    A code takes its variants with it, as in RFC 4647, section 3.3.1: ``zh`` is also ``zh-Hant``.
    """
    code = (language or "").lower()
    return next((one for one in (code, code.partition("-")[0]) if one and one in asked), None)


def iso_code(language: str) -> str | None:
    """The ISO 639 code of a detected language, without its script or country; None where there is none."""
    code = language.partition("-")[0]
    code = ISO_CODES.get(code, code)
    return code if ISO_CODE.fullmatch(code) and code not in NO_LANGUAGES else None
