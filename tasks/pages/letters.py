# ruff: noqa: RUF001 - quotation marks and signs of many languages are meant
"""The charset of bytes that nobody labels, by the letters that they would be."""

import re
from collections import Counter
from functools import cache
from typing import NamedTuple

from resiliparse.parse.encoding import detect_encoding

# Letters beyond ASCII by language, the languages of a charset in a line; of equals the first is taken.
_WESTERN = "äöüß éèêëàâçôûùîïüœæ áéíóúñüªº àèéìòùî ãõáàâçéêíóôúü éëïóöèêá åäöé åæøéó áðéíóúýþæö àçéèíïòóúü"
_CENTRAL = "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű čšžćđ ăâîşţ"
_BALTIC = "ąčęėįšųūž āčēģīķļņšūž äõöüšž"
ALPHABETS = {
    "windows-1252": _WESTERN,
    "windows-1254": "çğıöşüİâ",
    "windows-1250": _CENTRAL,
    "iso-8859-2": _CENTRAL,
    "windows-1257": _BALTIC,
    "iso-8859-13": _BALTIC,
}
# Where these bytes stand and no byte from 80 to 9F: € and œ, or quotation marks, by the ISO charset that differs by them.
_TWINS = {
    "windows-1252": ("iso-8859-15", re.compile(rb"\xa4|[A-Za-z][\xa6\xa8\xb8\xbc-\xbe][a-z]|[\xbc\xbd][Uu]")),
    "windows-1257": ("iso-8859-13", re.compile(rb"[\xa1\xa5\xb4\xff]")),
}
_FIRST_PRINTED = 0xA0
_MARKS = frozenset(b"\xa1\xa4\xa5\xa6\xa8\xb4\xb8\xbc\xbd\xbe\xff")
_SIGNS = "\xa0\xad“”„‘’‚–—…•·©®™§°«»‹›€£¿¡ªº²³½¼¾±×÷´†‡‰µ¬¶¥¢¤"
_SIGNS_IN_WORDS = "\xa0\xad“”„‘’‚–—…•·™‹›€†‡‰´®¤¼½"
_SAMPLE_BYTES = 16_384
_IN_WORD = re.compile(rb"[\x80-\xff](?<=[A-Za-z\xc0-\xff].)(?=[A-Za-z\xc0-\xff])")
_ASCII = bytes(range(0x80))
_NOT_HEBREW = bytes(range(0xC0, 0xE0)) + bytes(range(0xFB, 0x100))
_HANGUL = re.compile("[\uac00-\ud7a3]")
# The letters of another script read as Latin ones fit an alphabet to .4, and are a sixth of the text and more.
_LATIN_FIT = 0.5
_LATIN_FIT_IF_DENSE = 0.9
_DENSE = 0.2

Weights = dict[int, int]


class Fit(NamedTuple):
    """How many of the letters are of an alphabet, how many bytes cannot be."""

    good: int
    bad: int

    @property
    def score(self) -> int:
        """What is for it less what is against it."""
        return self.good - self.bad


class Letters:
    """Bytes beyond ASCII, those between two letters apart: there a quotation mark is none."""

    def __init__(self, sample: bytes) -> None:
        """``sample``: text without its markup."""
        head = sample[:_SAMPLE_BYTES]
        self.are_dense = len(head.translate(None, _ASCII)) > _DENSE * len(head)
        self._in_words = Counter(b"".join(_IN_WORD.findall(head)))
        self._others = Counter(head.translate(None, _ASCII)) - self._in_words
        self._fits: dict[str, Fit] = {}

    def fit(self, charset: str) -> Fit:
        """How well a charset of ``ALPHABETS`` fits, by the language that it fits best."""
        if charset not in self._fits:
            self._fits[charset] = max((self._fit(*weights) for weights in _weights(charset)), key=lambda fit: fit.score)
        return self._fits[charset]

    def _fit(self, in_words: Weights, others: Weights) -> Fit:
        found = [(in_words[byte], count) for byte, count in self._in_words.items()]
        found += [(others[byte], count) for byte, count in self._others.items()]
        return Fit(sum(count for weight, count in found if weight > 0), sum(count for weight, count in found if weight < 0))


@cache
def _weights(charset: str) -> list[tuple[Weights, Weights]]:
    """By language, what a byte between letters and what any other speaks for."""
    upper_half = bytes(range(0x80, 0x100))
    table = dict(zip(upper_half, upper_half.decode(charset, "replace"), strict=True))
    signs = {byte for byte, read in zip(upper_half, upper_half.decode("windows-1252", "replace"), strict=True) if read in _SIGNS}
    both = []
    for letters in ALPHABETS[charset].split():
        alphabet = letters + letters.upper()
        in_words = {byte: _weight(read, alphabet, _SIGNS_IN_WORDS) for byte, read in table.items()}
        others = {byte: 0 if byte in signs and read >= "\xa0" else _weight(read, alphabet, _SIGNS) for byte, read in table.items()}
        both.append((in_words, others))
    return both


def _weight(read: str, alphabet: str, signs: str) -> int:
    return 1 if read in alphabet else 0 if read in signs else -1


def guess_charset(sample: bytes, letters: Letters) -> str | None:
    """Latin by its letters, else what the detector says; None where it says nothing."""
    fits = {charset: letters.fit(charset) for charset in ALPHABETS}
    best = max(fits, key=lambda charset: fits[charset].score)
    if fits[best].score >= (_LATIN_FIT_IF_DENSE if letters.are_dense else _LATIN_FIT) * sum(fits[best]):
        return _twin(best, sample)
    if _looks_korean(sample):
        return "euc-kr"
    if _looks_hebrew(sample):
        return "windows-1255"
    return detect_encoding(sample, html5_compatible=False)


def _twin(charset: str, sample: bytes) -> str:
    if charset not in _TWINS:
        return charset
    twin, marks = _TWINS[charset]
    present = set(sample.translate(None, _ASCII))
    # The search is slow, and most samples have no such byte.
    found = present & _MARKS and min(present) >= _FIRST_PRINTED and marks.search(sample)
    return twin if found else charset


def _looks_korean(sample: bytes) -> bool:
    """EUC-KR, which the detector does not know: read so, hardly anything but Hangul and no error."""
    text = sample.decode("euc-kr", "replace")
    foreign, hangul = len(text) - len(text.encode("ascii", "ignore")), len(_HANGUL.findall(text))
    return text.count("\ufffd") * 50 < foreign and hangul > max(20, 0.8 * foreign)


def _looks_hebrew(sample: bytes) -> bool:
    """Letters in one case only, in the 27 places of the Hebrew ones: the detector is misled by English between them."""
    foreign = sample.translate(None, bytes(range(0xC0)))
    return len(foreign) > 20 and foreign == foreign.translate(None, _NOT_HEBREW)
