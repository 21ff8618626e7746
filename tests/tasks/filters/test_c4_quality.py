"""C4's rules at the level of an article."""

from tasks.filters.c4_quality import make
from tasks.reasons import Reason
from tests.tasks.filters.articles import article, sentences

CHECK = make("on")
THREE = sentences(3)


def told(text: str, **changes: object) -> str | None:
    answer = CHECK(article(text, **changes))
    assert answer is None or answer.reason is Reason.C4_QUALITY
    return answer and answer.detail


def test_sentences_count_in_lines_that_end_as_sentences_do():
    assert told(THREE) is None
    assert told(THREE.replace("\n", " ")) is None
    assert told(sentences(2)) == "sentences: 2 in whole lines"
    assert told(sentences(2) + "\nMore about the harbour and the bridge") == "sentences: 2 in whole lines"
    assert told(sentences(2) + "\nMore about the harbour and the bridge...") == "sentences: 2 in whole lines"
    assert told(sentences(2) + "\nToo short a line.") == "sentences: 2 in whole lines"
    assert told(sentences(2) + "\nThe mayor called it a \u201cgood day for Maren\u201d") is None
    assert told(sentences(2) + "\nThe bridge was built by the harbour board.[12]") is None


def test_sentences_of_other_scripts():
    assert told("市长说新的桥梁明年春天动工。居民担心噪音和费用。议会下周再次讨论。", language="zh") is None
    assert told("市长说新的桥梁明年春天动工。居民担心噪音和费用。", language="zh") == "sentences: 2 in whole lines"
    assert told("\n".join(["शहर का पुस्तकालय अगले वर्ष खुलेगा।"] * 3), language="hi") is None
    assert told("ห้องสมุดของเมืองจะเปิดในปีหน้า", language="th") is None


def test_notices_do_not_count_in_english():
    notice = "Please enable JavaScript in your browser to read all of this."
    assert told(f"{sentences(2)}\n{notice}") == "sentences: 2 in whole lines"
    assert told(f"{THREE}\n{notice}") is None
    german = (
        "Der Rat tagt am Montag im alten Hafen.\nDas Programm wurde in JavaScript geschrieben.\nDie Brücke wird erst im Mai gebaut."
    )
    assert told(german, language="de") is None


def test_placeholders_and_code():
    assert (
        told(f"{THREE}\nLorem ipsum dolor sit amet, consectetur.", language="en") == f"lorem_ipsum: at character {len(THREE) + 1}"
    )
    assert told(f"{THREE}\nDer Blindtext Lorem ipsum wird alt.", language="de") is None
    assert told(THREE + "\n.box { color: red }") == "curly_brackets: 1 of them"
    assert make("without:curly_brackets")(article(THREE + "\n.box { color: red }")) is None
