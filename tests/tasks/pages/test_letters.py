import pytest

from tasks.pages.letters import Letters, guess_charset


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("«Perché?» chiese la città, «così è più bello»", "windows-1252"),
        ("Smørrebrød på Ærø", "windows-1252"),
        ("Zażółć gęślą jaźń", "windows-1250"),
        ("Zażółć gęślą jaźń", "iso-8859-2"),
        ("Árvíztűrő tükörfúrógép", "windows-1250"),
        ("Kuģis piestāja ostā, teica zvejnieks; šī ir ļoti sena ēka", "windows-1257"),
    ],
)
def test_the_alphabet_tells_the_charset(text: str, charset: str) -> None:
    sample = text.encode(charset)
    assert guess_charset(sample, Letters(sample)) == charset


def test_a_sign_between_letters_speaks_against_a_charset() -> None:
    polish = Letters("był miły".encode("cp1250"))
    assert polish.fit("windows-1250").score > polish.fit("windows-1252").score


def test_quotation_marks_and_signs_are_no_letters_of_another_charset() -> None:
    sample = "© 2024 «uno» » due, £5 per day".encode("cp1252")
    assert guess_charset(sample, Letters(sample)) == "windows-1252"
