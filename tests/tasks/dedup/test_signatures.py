"""Signatures follow from a text alone, the same for years, and estimate what its shingles say exactly."""

import hashlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.dedup import signatures as module
from tasks.dedup.bands import similarity, sketches
from tasks.dedup.signatures import SIGNATURE_BYTES, WORD, jaccard, shingles_of, signatures
from tests.editions import edited, text_of, words

JAPANESE = "\u6771\u4eac\u3067\u65b0\u3057\u3044\u6a4b\u304c\u958b\u901a\u3057\u305f"
THAI = "\u0e02\u0e48\u0e32\u0e27\u0e27\u0e31\u0e19\u0e19\u0e35\u0e49"
HINDI = (
    "\u0939\u093f\u0928\u094d\u0926\u0940 \u0938\u092e\u093e\u091a\u093e\u0930 \u0915\u0940 \u0926\u0941\u0928\u093f\u092f\u093e"
)
KOREAN = "\uc11c\uc6b8\uc5d0\uc11c \uc0c8\ub85c\uc6b4 \ub2e4\ub9ac\uac00"
LETTERS = st.sampled_from(
    ["a", "B", "z", "7", " ", " ", ".", "\n", "\ud800", "\u0939", "\u093f", "\u6771", "\u0e02", "\u0130", "\U0002000b"]
)
TEXTS = st.one_of(st.text(LETTERS, max_size=60), st.text(max_size=40), st.sampled_from([text_of(1), JAPANESE, THAI, HINDI, ""]))


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.integers(1, 4))
def test_a_signature_is_the_same_whatever_stands_beside_its_text(monkeypatch, texts, at_once):
    monkeypatch.setattr(module, "TEXTS_AT_ONCE", at_once)
    found = signatures(texts)
    assert found.shape == (len(texts), SIGNATURE_BYTES)
    monkeypatch.setattr(module, "TEXTS_AT_ONCE", 500)
    assert (found == np.concatenate([signatures([text]) for text in texts])).all()
    assert (found[::-1] == signatures(texts[::-1])).all()


@settings(max_examples=100)
@given(TEXTS)
@example("\ud800\udfff " * 6)
def test_shingles_are_as_many_as_windows_of_five_words(text):
    number = len(WORD.findall(text.lower()))
    assert len(shingles_of(text)) == (max(1, number - 4) if number else 0)
    assert (shingles_of(text) == shingles_of(f"  {text}\n...")).all()


@given(
    st.lists(st.sampled_from(["harbour", "bridge", "1901", JAPANESE[:2], "caf\u00e9"]), max_size=12),
    st.sampled_from([", ", "\n\n", " \u2013 "]),
)
def test_case_and_what_stands_between_words_do_not_count(some, between):
    assert (shingles_of(between.join(some).upper()) == shingles_of(" ".join(some))).all()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (JAPANESE, 12),
        (THAI, 10),
        (HINDI, 4),
        (KOREAN, 3),
        ("don't stop", 3),
        ("cafe\u0301 noir", 2),
        ("\u0645\u064f\u062d\u0645\u062f", 1),
    ],
)
def test_words_of_many_scripts(text, number):
    """Letters where words are not parted; else words, with the signs above and below their letters."""
    assert len(WORD.findall(text)) == number


def test_two_hindi_words_that_differ_by_a_sign_are_two():
    assert (shingles_of("\u0915\u093f") != shingles_of("\u0915\u0940")).all()


def test_order_and_place_of_words_count():
    one, other = shingles_of("one two three four five"), shingles_of("five four three two one")
    assert len(one) == len(other) == 1
    assert one[0] != other[0]
    assert shingles_of("a b")[0] not in {shingles_of("b a")[0], shingles_of("a")[0], shingles_of("a b c")[0]}


@pytest.mark.parametrize("text", ["", " \n", "...", "\u2014 \u2026"])
def test_texts_without_words_have_the_signature_of_nothing(text):
    assert not len(shingles_of(text))
    assert (signatures([text]) == 255).all()


def test_hostile_texts_are_texts():
    texts = ["a" * 1_000_000, "a " * 500_000, "\ud800 " * 50, "\u0300" * 10_000, "a" + "\u0300" * 100_000, "\x00 " * 9]
    found = signatures(texts)
    assert [len(np.unique(shingles_of(text))) for text in texts] == [1, 1, 0, 0, 1, 0]
    assert (found[1] == signatures(["a a a a a a"])[0]).all()
    assert (found[[2, 3, 5]] == 255).all()


def test_jaccard_is_that_of_sets():
    some = [np.array(one, np.uint64) for one in ([], [1, 2, 3], [2, 3, 4, 5])]
    assert [jaccard(some[1], other) for other in some] == [0, 1, 2 / 5]
    assert jaccard(some[0], some[0]) == 0


def pairs(number: int):
    for seed in range(number):
        text = text_of(("estimated", seed), 160 + 3 * seed)
        yield text, edited(text, 0.4 * seed / number, seed)


def test_estimates_lie_about_the_exact_similarity():
    """The sketch's standard deviation at .8 is .026, measured; none of 200 is farther off than five of them."""
    ones, others = map(list, zip(*pairs(200), strict=True))
    exact = np.array([jaccard(np.unique(shingles_of(a)), np.unique(shingles_of(b))) for a, b in zip(ones, others, strict=True)])
    off = similarity(sketches(signatures(ones)), sketches(signatures(others))) - exact
    assert exact.min() < 0.5
    assert exact.max() > 0.95
    assert np.abs(off).max() < 0.13
    assert abs(off.mean()) < 0.006
    assert 0.015 < off.std() < 0.032


def test_signatures_are_those_that_lie_on_stores():
    """They stand beside articles for years: where this fails, new articles would not find old ones any more."""
    texts = [text_of("pinned"), " ".join(words("pinned", 1_200)), JAPANESE, THAI, HINDI, "short", "\ud800 \u0130stanbul 7", ""]
    found = signatures(texts)
    assert hashlib.sha256(found.tobytes()).hexdigest() == "65ac2da5159b5a222e94f455cea82ea28ba13502fcc31a8f677efd01a345f2ac"
    assert found[0, :8].tolist() == [166, 62, 212, 93, 70, 38, 114, 255]
