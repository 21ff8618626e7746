"""What feeds, sitemaps and home pages have in common: their letters, their first element, and what is not even parsed."""

import codecs
import re
from collections.abc import Iterator

MAX_ENTITIES = 20
MAX_ENTITY_CHARS = 100
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Without a BOM the first "<" tells.
WIDE = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
# These are ASCII to the eye: that the bytes are UTF-8 says nothing.
ESCAPING = ("iso2022", "hz", "utf-7")
DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,300}?>")
XML_CHARSET = re.compile(rb"""^\s*<\?xml\b[^>]{0,300}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
TOKEN = re.compile(r"<!--|<!\[CDATA\[|<\?|<!ENTITY|<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})")
CLOSERS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
ENTITY = re.compile(r"""<!ENTITY\s+(%\s*)?([^\s"'>]{1,100})\s+(?:(SYSTEM|PUBLIC)\b|"([^"]*)"|'([^']*)')?""")
NON_ASCII = re.compile(r"[^\x00-\x7f]")
REFERENCE = re.compile(r"[&%](?!#)[^\s;&%]+;")
BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a document, without BOM and XML declaration.

    What is whole UTF-8 is UTF-8, whatever is declared; else the header's and the document's word count; else it is windows-1252.
    """
    for bom, encoding in BOMS:
        if body.startswith(bom):
            return _bare(body[len(bom) :].decode(encoding, "replace"))
    for first, encoding in WIDE:
        if body.startswith(first):
            return _bare(body.decode(encoding, "replace"))
    declared = _declared(body, content_type)
    for encoding in (*(name for name in declared if name.startswith(ESCAPING)), "utf-8", *declared):
        text = _whole(body, encoding)
        if text is not None:
            return _bare(text)
    text = body.decode("utf-8", "replace")
    # A few broken letters in UTF-8, or another encoding altogether.
    is_utf8 = "utf-8" in declared and 2 * text.count("\ufffd") < len(NON_ASCII.findall(text))
    return _bare(text if is_utf8 else body.decode("windows-1252", "replace"))


def first_element(text: str) -> str:
    """The local name of the first element, lower case; empty where there is none."""
    return next((found[1].lower() for found in _tokens(text) if found[1]), "")


def refusal(text: str) -> str | None:
    """Why a document is not given to a parser: entities that grow, or that lie outside of it."""
    if "<!ENTITY" not in text:
        return None
    declared = [found.start() for found in _tokens(text) if not found[1]]
    if len(declared) > MAX_ENTITIES:
        return f"more than {MAX_ENTITIES} entities are declared"
    return next((reason for at in declared if (reason := _entity_refusal(text, at))), None)


def _entity_refusal(text: str, at: int) -> str | None:
    found = ENTITY.match(text, at)
    if found is None or found[3]:
        return "an entity outside of the document is declared"
    value = found[4] or found[5] or ""
    grows = found[1] or len(value) > MAX_ENTITY_CHARS or REFERENCE.search(value)
    return "an entity that grows is declared" if grows else None


def escape_ampersands(body: bytes) -> bytes:
    """The same document with each ``&`` that begins no reference of XML escaped."""
    return BARE_AMPERSAND.sub(b"&amp;", body)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Elements and declarations of entities, outside of comments, instructions and CDATA; linear whatever the text."""
    at = 0
    while found := TOKEN.search(text, at):
        closer = CLOSERS.get(found[0])
        if closer is None:
            yield found
        end = text.find(closer, found.end()) if closer else found.end()
        if end < 0:
            return
        at = end


def _bare(text: str) -> str:
    return DECLARATION.sub("", text.removeprefix("\ufeff"), count=1) if DECLARATION.match(text) else text


def _declared(body: bytes, content_type: str | None) -> list[str]:
    in_header = CHARSET.search(content_type or "")
    in_document = XML_CHARSET.match(body)
    names = [in_header[1] if in_header else "", in_document[1].decode("ascii") if in_document else ""]
    # 16 bits would have shown by their zeros.
    return [name for each in names if (name := _codec(each)) and not name.startswith(("utf-16", "utf-32"))]


def _codec(name: str) -> str:
    try:
        codec = codecs.lookup(name)
    except LookupError:
        return ""
    # Browsers read these as their supersets, and so it is meant.
    supersets = {
        "iso8859-1": "cp1252",
        "ascii": "cp1252",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "shift_jis": "cp932",
        "euc_kr": "cp949",
    }
    # A codec of Python's need not be of text (zlib, base64).
    return supersets.get(codec.name, codec.name) if codec._is_text_encoding else ""


def _whole(body: bytes, encoding: str) -> str | None:
    """The text where all bytes are of the encoding, but for a last letter that was cut."""
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        cut = error.start >= len(body) - 3 and error.start > 0
        return body[: error.start].decode(encoding, "replace") if cut else None
    except UnicodeError:
        # Some codecs (utf-7, idna) raise only this.
        return None
