import pytest

from tasks.errors import FixTheRun
from tasks.filters.languages import make
from tasks.reasons import Reason
from tests.tasks.filters.articles import article


@pytest.mark.parametrize(
    ("option", "language", "score", "stays"),
    [
        ("en,de", "de", 0.3, True),
        ("en,de", "fr", 0.99, False),
        ("en:0.65, de", "en", 0.65, True),
        ("en:0.65,de", "en", 0.64, False),
        ("en:0.65,de", "de", 0.1, True),
        ("en+de:0.5", "de", 0.5, True),
        ("en", None, None, False),
        ("zh", "zh-Hant", 0.9, True),
        ("zh-Hant", "zh", 0.9, False),
        ("zh-hant:0.5", "zh-Hant", 0.9, True),
        ("he", "iw", 0.9, True),
        ("EN", "en", 0.9, True),
    ],
)
def test_what_stays(option, language, score, stays):
    assert (make(option)(article("a", language=language, language_score=score)) is None) is stays


def test_what_is_told():
    check = make("en:0.65")
    answer = check(article("a", language="en", language_score=0.5))
    assert (answer.reason, answer.detail) == (Reason.OTHER_LANGUAGE, "en 0.50")
    assert check(article("a", language=None, language_score=None)).detail == "not detected"


@pytest.mark.parametrize("option", ["", "english", "en,", "en:", "en:65", "en:1.5", "en;de", "e", "en:nan"])
def test_what_is_no_language_is_refused(option):
    with pytest.raises(FixTheRun, match="ISO 639"):
        make(option)
