"""References as feeds write them, mended so that a strict parser reads them: bare ``&``, HTML's names, letters that are none."""

import re
from html.entities import html5

CDATA = "<![CDATA["
CDATA_END = "]]>"
OTHER_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#[xX]([0-9a-fA-F]{1,40});|#([0-9]{1,40});|([A-Za-z][\w.-]{0,40});)?")
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,1000}(?:\[[^\]]{0,20000}\]\s*)?>")
DECLARED = re.compile(r"""<!ENTITY\s+([\w.-]{1,40})\s+["']([^"'<]{0,100})["']\s*>""")


def mend_references(text: str) -> str:
    """The same text with every reference outside of CDATA one of XML's own, and without its DOCTYPE."""
    doctype = DOCTYPE.search(text)
    declared = dict(DECLARED.findall(doctype[0])) if doctype else {}
    first, *others = DOCTYPE.sub("", text, count=1).split(CDATA)
    mended = [_mend(first, declared)]
    for each in others:
        # Where a section does not end, all the rest is in it.
        section, end, after = each.partition(CDATA_END)
        mended += (CDATA, section, end, _mend(after, declared))
    return "".join(mended)


def _mend(text: str, declared: dict[str, str]) -> str:
    return OTHER_REFERENCE.sub(lambda found: _reference(found, declared), text)


def _reference(found: re.Match[str], declared: dict[str, str]) -> str:
    if found[1] or found[2]:
        return found[0] if _is_letter(int(found[1], 16) if found[1] else int(found[2])) else ""
    name = found[3] or ""
    if name in declared:
        return declared[name]
    letters = html5.get(f"{name};", "")
    # "&b=2" begins no reference, "&LT;" one that must not become markup.
    return letters if letters and not set(letters) & set("<>&\"'") else f"&amp;{found[0][1:]}"


def _is_letter(number: int) -> bool:
    return number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
