"""Words are counted in every script."""

import pytest

from tasks.filters.min_words import make
from tasks.reasons import Reason
from tests.tasks.filters.articles import article


def test_the_least_number_stays():
    check = make("5")
    assert check(article("one two three four five")) is None
    answer = check(article("one two - three \u2014 four | ..."))
    assert (answer.reason, answer.detail) == (Reason.TOO_FEW_WORDS, "4 words")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # By hand: 我们 / 今天 / 在 / 学校 / 门口 / 等 / 新 / 的 / 校车.
        ("我们今天在学校门口等新的校车。", 9),
        # 町 / の / 図書館 / は / 来年 / の / 春 / に / 開く / 予定 / です.
        ("町の図書館は来年の春に開く予定です。", 11),
        # ห้องสมุด / ของ / เมือง / จะ / เปิด / ใน / ปี / หน้า.
        ("ห้องสมุดของเมืองจะเปิดในปีหน้า", 8),
        # Vowel signs of Devanagari are no letters to Python, and cut no word here.
        ("शहर का पुस्तकालय अगले वर्ष खुलेगा।", 6),
        ("시 도서관은 내년 봄에 문을 연다.", 6),
        ("Die Bücherei öffnet um 9 Uhr.", 6),
    ],
)
def test_words_of_scripts_with_and_without_spaces(text, words):
    assert make(str(round(words * 0.8)))(article(text)) is None
    assert make(str(round(words * 1.25) + 1))(article(text)) is not None
