# ruff: noqa: RUF001 - Cyrillic letters look like Latin ones
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.pages.charset import decode_text, http_charset

GERMAN = "<html><head>{meta}</head><body><p>Die Bürger müssen größere Übel fürchten, weiß jeder Löwe über Ärger.</p></body></html>"
RUSSIAN = "<html><head>{meta}</head><body><p>" + "Президент подписал новый закон о бюджете страны. " * 8 + "</p></body></html>"
KOREAN = "<html><head>{meta}</head><body><p>" + "국회는 오늘 본회의를 열고 예산안을 처리했다. " * 8 + "</p></body></html>"
HEBREW = "<html><head>{meta}</head><body><p>" + "הממשלה אישרה היום את התקציב, said the “Harbour Post”. " * 8 + "</p></body></html>"
CZECH = "<html><head>{meta}</head><body><p>Příliš žluťoučký kůň úpěl ďábelské ódy, řekla včera vláda.</p></body></html>"
TURKISH = "<html><head>{meta}</head><body><p>Işığı söndürüp dışarı çıktılar, gün doğmadan şehre vardılar.</p></body></html>"
LITHUANIAN = "<html><head>{meta}</head><body><p>„Šiandien į mūsų uostą grįžo žvejų laivai“, sakė ąžuolyno sargas.</p></body></html>"
FRENCH = "<html><head>{meta}</head><body><p>L’été, un bœuf coûte 300 € au marché, dit la sœur du maçon.</p></body></html>"
ENGLISH = "<html><head>{meta}</head><body><p>“It’s £5” – so the harbour master’s café: déjà vu.</p></body></html>"
JAPANESE = "<html><head>{meta}</head><body><p>" + "政府は新しい予算案を国会に提出しました。" * 8 + "</p></body></html>"


def page(template: str, meta: str | None = None) -> str:
    return template.format(meta=f'<meta charset="{meta}">' if meta else "")


@pytest.mark.parametrize(
    ("body", "http", "charset", "source"),
    [
        (b"\xef\xbb\xbf" + page(GERMAN).encode(), "latin1", "utf-8", "bom"),
        (page(GERMAN).encode("utf-16"), None, "utf-16le", "bom"),
        (page(GERMAN).encode("utf-16-le"), None, "utf-16le", "detector"),
        (page(GERMAN).encode("utf-16-be"), None, "utf-16be", "detector"),
        (page(GERMAN, "latin1").encode(), "iso-8859-1", "utf-8", "utf-8"),
        (page(GERMAN).encode("cp1252"), "ISO-8859-1", "windows-1252", "http"),
        (page(GERMAN, "utf-8").encode("cp1252"), "utf-8", "windows-1252", "detector"),
        (page(GERMAN, "latin1").encode("cp1252"), "utf-8", "windows-1252", "meta"),
        (page(RUSSIAN, "windows-1251").encode("cp1251"), None, "windows-1251", "meta"),
        (page(RUSSIAN, "windows-1251").encode("cp1251"), "iso-8859-1", "windows-1251", "meta"),
        (page(RUSSIAN).encode("cp1251"), "iso-8859-1", "windows-1251", "detector"),
        (page(RUSSIAN).encode("koi8-r"), "no-such-charset", "koi8-r", "detector"),
        (page(KOREAN).encode("euc-kr"), None, "euc-kr", "detector"),
        (page(JAPANESE).encode("euc-jp"), None, "euc-jp", "detector"),
        (page(JAPANESE, "x-sjis").encode("shift_jis"), None, "shift_jis", "meta"),
        (page(JAPANESE, "iso-2022-jp").encode("iso-2022-jp"), None, "iso-2022-jp", "meta"),
        (page(JAPANESE).encode("iso-2022-jp"), "utf-8", "iso-2022-jp", "detector"),
        (page(HEBREW).encode("cp1255"), "iso-8859-1", "windows-1255", "detector"),
        (page(CZECH, "iso-8859-1").encode("cp1250"), None, "windows-1250", "detector"),
        (page(CZECH, "windows-1250").encode("iso-8859-2"), None, "iso-8859-2", "detector"),
        (page(CZECH, "windows-1250").encode("cp1250"), "iso-8859-1", "windows-1250", "meta"),
        (page(TURKISH, "utf-8").encode("cp1254"), "iso-8859-1", "windows-1254", "detector"),
        (page(LITHUANIAN).encode("cp1257"), "utf-8", "windows-1257", "detector"),
        (page(LITHUANIAN).encode("iso-8859-13"), None, "iso-8859-13", "detector"),
        (page(FRENCH.replace("’", "'")).encode("iso-8859-15"), None, "iso-8859-15", "detector"),
        (page(FRENCH).encode("cp1252"), None, "windows-1252", "detector"),
        (page(ENGLISH, "windows-1251").encode("cp1252"), None, "windows-1252", "detector"),
        (page(ENGLISH, "windows-1251").encode("cp1252"), "windows-1251", "windows-1252", "detector"),
        (page(GERMAN, "gbk").encode("cp1252"), None, "windows-1252", "detector"),
        (page("<html>{meta}<p>“Harbour” reopens", "gb2312").encode("gb18030"), None, "gbk", "meta"),
        (b"<html>plain</html>", "latin1", "utf-8", "utf-8"),
        (page("<html>{meta}" + "新闻" * 40, "gb2312").encode("gb18030"), None, "gbk", "meta"),
    ],
)
def test_who_decides(body: bytes, http: str | None, charset: str, source: str) -> None:
    decoded = decode_text(body, http)
    assert (decoded.charset, decoded.source) == (charset, source)
    assert "\ufffd" not in decoded.text
    assert "\0" not in decoded.text


def test_utf_16_in_a_meta_means_utf_8_and_is_no_legacy_claim() -> None:
    assert decode_text(page(GERMAN, "utf-16").encode(), None).charset == "utf-8"


def test_a_charset_in_a_comment_is_not_declared() -> None:
    body = page(GERMAN).replace("<head>", '<head><!-- <meta charset="koi8-r"> --><meta charset=latin1>').encode("cp1252")
    assert decode_text(body, None)[1:] == ("windows-1252", "meta")


def test_http_equiv_and_xml_declarations_count() -> None:
    equiv = page(GERMAN).replace("<head>", '<head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">')
    assert decode_text(equiv.encode("iso-8859-2"), None)[1:] == ("iso-8859-2", "meta")
    xml = '<?xml version="1.0" encoding="iso-8859-2"?>' + page(GERMAN)
    assert decode_text(xml.encode("iso-8859-2"), None)[1:] == ("iso-8859-2", "meta")


def test_utf_8_that_is_cut_within_a_character() -> None:
    decoded = decode_text("<p>Zürich, Köln, größ".encode() + b"\xc3", "latin1")
    assert (decoded.charset, decoded.text) == ("utf-8", "<p>Zürich, Köln, größ")


def test_utf_8_with_a_few_damaged_bytes() -> None:
    decoded = decode_text(("ä" * 500).encode() + b"\xfc" + ("ö" * 500).encode(), None)
    assert (decoded.charset, decoded.text.count("\ufffd")) == ("utf-8", 1)


def test_gb2312_is_read_as_its_superset() -> None:
    assert "镕" in decode_text("朱镕基总理在北京出席会议并发表讲话".encode("gb18030"), "gb2312").text


def test_a_long_run_without_markup_takes_no_long_time() -> None:
    decode_text(b"<script>" + b"x" * 3_000_000 + b"\xe4</script>", None)


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html; charset=UTF-8", "UTF-8"),
        ('text/html;charset="iso-8859-1"', "iso-8859-1"),
        ("text/html", None),
        ("text/html; charset=", None),
        (None, None),
    ],
)
def test_charset_of_a_content_type(header: str | None, charset: str | None) -> None:
    assert http_charset(header) == charset


@given(st.binary(max_size=400), st.none() | st.text(max_size=12))
def test_any_bytes_are_read(body: bytes, http: str | None) -> None:
    assert "\0" not in decode_text(body, http).text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1))
def test_utf_8_with_text_beyond_ascii_comes_back_whatever_is_declared(text: str) -> None:
    assert decode_text(f"<p>ä{text}".encode(), "latin1").text == f"<p>ä{text}"
