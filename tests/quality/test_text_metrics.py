import pytest

from tests.quality.text_metrics import Found, Score, add_found, find_segments, mean_score, score_text, shingles


def test_shingles_are_counted_as_often_as_they_stand() -> None:
    assert shingles("a b c d, a b c d")["a", "b", "c", "d"] == 2
    assert shingles("two words") == {("two", "words"): 1}
    assert not shingles("?!")


@pytest.mark.parametrize(
    ("found", "gold", "precision", "recall"),
    [
        ("the ship came in at dawn", "the ship came in at dawn", 1, 1),
        ("the ship came in at dawn", "the ship came in", 1 / 3, 1),
        ("the ship came in", "the ship came in at dawn", 1, 1 / 3),
        ("", "", 1, 1),
        ("", "the ship came in", 0, 0),
        ("the ship came in", "", 0, 0),
        ("share this page now", "the ship came in", 0, 0),
    ],
)
def test_a_page(found: str, gold: str, precision: float, recall: float) -> None:
    assert score_text(found, gold) == pytest.approx((precision, recall))


def test_f1_is_of_the_means() -> None:
    assert mean_score([Score(1, 0), Score(0, 1)]).f1 == 0.5
    assert Score(0, 0).f1 == 0


def test_segments() -> None:
    page = find_segments("the ship came in", ["ship", "dawn"], ["share", "came"])
    assert page == Found(right=1, missed=1, wrong=1)
    assert add_found([page, page]).f1 == 0.5
    assert Found().f1 == 0
