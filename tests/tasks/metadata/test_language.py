from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.language import detect_language


def test_a_language_and_its_share() -> None:
    code, share = detect_language("Der Bundestag hat am Donnerstag ein neues Gesetz beschlossen, das viele Bürger betrifft. " * 3)
    assert code == "de"
    assert share is not None
    assert 0.9 < share <= 1


def test_what_is_no_language() -> None:
    assert detect_language("") == (None, None)
    assert detect_language("12345 67890 !!!") == (None, None)


@given(st.text(alphabet=st.characters() | st.sampled_from("\x00\ud800\ufffe\ufdd0\x7f\U0001ffff"), max_size=80))
def test_any_text(text: str) -> None:
    code, share = detect_language(text)
    assert (code is None) == (share is None)
