"""From the bytes of a page to text: who decides about the encoding, in the order that was measured best."""

import codecs
import re
from typing import NamedTuple

from resiliparse.parse.encoding import map_encoding_to_html5

from tasks.pages.letters import ALPHABETS, Letters, guess_charset


class Decoded(NamedTuple):
    """Text without NUL, the WHATWG name of its encoding in lower case, and bom | utf-8 | http | meta | detector."""

    text: str
    charset: str
    source: str


PRESCAN_BYTES = 4096
SAMPLE_BYTES = 131_072
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
# The decoders that WHATWG means by these names (Encoding Standard, sections 9 to 13) have other names in Python.
PYTHON_CODECS = {
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "windows-874": "cp874",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
# Encoding Standard, sections 4.2 and 14.5: labels that resiliparse's table leaves out.
OTHER_LABELS = {"x-user-defined": "windows-1252", "x-mac-cyrillic": "x-mac-cyrillic", "x-mac-ukrainian": "x-mac-cyrillic"}
# resiliparse answers in Python's names.
WHATWG_NAMES = {
    "iso8859-11": "windows-874",
    "mac-roman": "macintosh",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "cp866": "ibm866",
    "iso2022-jp": "iso-2022-jp",
}
PYTHON_STYLE = re.compile(r"^(?:cp(?=125)|iso(?=8859))")
NOT_LEAD_BYTES = bytes(range(0xC0))
ASCII_BYTES = bytes(range(0x80))
COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
META = re.compile(rb"<meta[\s/]([^>]*)", re.IGNORECASE)
XML_ENCODING = re.compile(rb"\A\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([^\"'>]+)", re.IGNORECASE)
META_CHARSET = re.compile(rb"(?:^|[\s/\"';])charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
ERRORS_ALLOWED = 0.02
# The part of the letters that a label may get wrong before the guess is believed instead.
DOUBT = 0.1
MULTI_BYTE = {"gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"}
LATIN = {"windows-1252", "windows-1250", "windows-1254", "windows-1257", "windows-1258", "macintosh"} | {
    f"iso-8859-{part}" for part in (2, 3, 4, 10, 13, 14, 15, 16)
}


def http_charset(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type header as it was written; None without one (RFC 9110, section 8.3)."""
    found = HTTP_CHARSET.search(content_type or "")
    return found[1] if found else None


def decode_text(data: bytes, http_charset: str | None) -> Decoded:
    """Decode a body: BOM, valid UTF-8, the HTTP charset or the page's own where the letters bear it out, then a guess."""
    for mark, charset in BOMS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], charset, "bom")
    wide = _wide_charset(data)
    if wide:
        return _decode(data, wide, "detector")
    if data.isascii():
        return _decode_ascii(data, http_charset)
    text = _read_utf8(data)
    if text is not None:
        return Decoded(_without_nul(text, data), "utf-8", "utf-8")
    return _decode_legacy(data, _known(http_charset), _known(_meta_charset(data)))


def _decode_ascii(data: bytes, http_label: str | None) -> Decoded:
    if b"\x1b" not in data:
        return _decode(data, "utf-8", "utf-8")
    labels = ((http_label, "http"), (_meta_charset(data), "meta"), ("iso-2022-jp" if b"\x1b$B" in data else None, "detector"))
    for label, source in labels:
        if _known(label) == "iso-2022-jp":
            return _decode(data, "iso-2022-jp", source)
    return _decode(data, "utf-8", "utf-8")


def _decode_legacy(data: bytes, http: str | None, meta: str | None) -> Decoded:
    sample = _foreign_sample(data)
    letters = Letters(sample)
    guess = _if_legacy(_known(guess_charset(sample, letters))) or "windows-1252"
    labels = [(_if_legacy(http), "http"), (_if_legacy(meta), "meta")]
    if meta == guess:
        # Servers that send one charset for everything are commoner than pages that misname themselves.
        labels.reverse()
    for charset, source in labels:
        if charset and _is_borne_out(charset, guess, sample, letters):
            decoded = _decode(data, charset, source)
            if _error_share(decoded.text, data) <= ERRORS_ALLOWED:
                return decoded
    return _decode(data, guess, "detector")


def _is_borne_out(label: str, guess: str, sample: bytes, letters: Letters) -> bool:
    """Whether the letters leave room for what is declared: a guess has to be better by far, not just other."""
    if guess not in LATIN:
        return label not in LATIN
    best = max(letters.fit(charset).score for charset in ALPHABETS)
    if label in ALPHABETS and letters.fit(label).score < (1 - DOUBT) * best:
        return _decode(sample, label, "").text == _decode(sample, guess, "").text
    # Without a letter, quotation marks of two bytes look like signs; those of one byte are the same in all of these.
    return label in LATIN or letters.are_dense or (best == 0 and label in MULTI_BYTE)


def _if_legacy(charset: str | None) -> str | None:
    return None if charset is None or charset.startswith("utf-") else charset


def _decode(data: bytes, charset: str, source: str) -> Decoded:
    text = data.decode(PYTHON_CODECS.get(charset, charset), "replace")
    return Decoded(_without_nul(text, data), charset, source)


def _without_nul(text: str, data: bytes) -> str:
    # A byte is found at a tenth of the cost of a character.
    return text.replace("\0", "") if b"\0" in data else text


def _known(label: str | None) -> str | None:
    """The WHATWG name for a label, None for one that no browser knows."""
    wanted = (label or "").strip().lower()
    if wanted in OTHER_LABELS:
        return OTHER_LABELS[wanted]
    name = map_encoding_to_html5(wanted, fallback_utf8=False) if wanted else None
    return _whatwg_name(name) if name else None


def _whatwg_name(python_name: str) -> str:
    name = python_name.lower().replace("_", "-")
    if name in WHATWG_NAMES:
        return WHATWG_NAMES[name]
    return PYTHON_STYLE.sub(lambda start: "windows-" if start[0] == "cp" else "iso-", name).replace("shift-jis", "shift_jis")


def _read_utf8(data: bytes) -> str | None:
    """Text if this is UTF-8: whole, cut within its last character, or with a few damaged ones."""
    try:
        return codecs.utf_8_decode(data, "strict", False)[0]
    except UnicodeDecodeError:
        foreign = data.translate(None, ASCII_BYTES)
    leads = len(foreign.translate(None, NOT_LEAD_BYTES))
    if len(foreign) < 2 * (1 - ERRORS_ALLOWED) * leads:
        # A lead byte has one to three bytes after it: this saves most legacy pages the slow way to the same answer.
        return None
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    return text if damaged <= ERRORS_ALLOWED * leads else None


def _error_share(text: str, data: bytes) -> float:
    return text.count("\ufffd") / max(1, len(data.translate(None, ASCII_BYTES)))


def _wide_charset(data: bytes) -> str | None:
    """UTF-16 without a mark: markup is ASCII, so that every other byte is NUL."""
    head = data[:PRESCAN_BYTES]
    first, second = head[::2].count(0), head[1::2].count(0)
    if len(head) < 8 or max(first, second) < len(head) // 5 or min(first, second) * 10 > max(first, second):
        return None
    return "utf-16le" if second > first else "utf-16be"


def _meta_charset(data: bytes) -> str | None:
    """What the first 4 KiB declare, in the manner of WHATWG's prescan (HTML Standard, section 13.2.3.2)."""
    head = COMMENT.sub(b"", data[:PRESCAN_BYTES])
    for meta in META.finditer(head):
        found = META_CHARSET.search(meta[1])
        if found:
            return found[1].decode("ascii", "replace")
    declared = XML_ENCODING.search(head)
    return declared[1].decode("ascii", "replace") if declared else None


def _foreign_sample(data: bytes) -> bytes:
    """The text that is not ASCII, at most 128 KiB: scripts and markup drown it in a page's first bytes."""
    pieces = (piece.rpartition(b">")[2] for piece in data[: 16 * SAMPLE_BYTES].split(b"<") if not piece.isascii())
    sample = b" ".join(piece[:PRESCAN_BYTES] for piece in pieces)[:SAMPLE_BYTES]
    return data[:SAMPLE_BYTES] if sample.isascii() else sample
