"""What becomes of articles: filters, masks, lines that a person wants cut or kept, and the table of lines."""

import pytest

from tasks.curating.line_table import read_line_table
from tasks.curating.recipe import EditionRecipe
from tasks.errors import FixTheRun
from tasks.site_lines.overrules import parse_overrules
from tasks.storage import open_store
from tasks.text_facts import count_words, text_digest
from tests.editions import add_shard, article, make_edition, rows_of, text_of

MAIL = "Write to maren.holt@harbour.example or call +49 30 1234567."


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path))


def edition_of(store, articles, **rules):
    add_shard(store, "a", articles)
    edition = make_edition(store, recipe=EditionRecipe(**rules))
    return rows_of(store, edition), rows_of(store, edition, aside=True), edition


def test_each_filter_is_a_reason_and_the_first_one_counts(store):
    articles = [article(0), article(1, language="de"), article(2, page_type="video"), article(3, "Too short.", language="de")]
    filters = (("min_chars", "100"), ("languages", "en"), ("page_types", "article"))
    kept, aside, edition = edition_of(store, articles, filters=filters)
    assert [row["id"] for row in kept] == [articles[0].id]
    told = {row["id"]: (row["reason"], row["text"]) for row in aside}
    assert told == {
        articles[1].id: ("other_language", text_of(1)),
        articles[2].id: ("other_page_type", text_of(2)),
        articles[3].id: ("too_short", "Too short."),
    }
    assert edition.counts.closes


def test_filters_judge_texts_without_their_site_s_lines(store):
    articles = [article(5 * number, f"News from the coast since 1901\n{text_of(number, 40)}") for number in range(6)]
    short = len(text_of(0, 40)) + 10
    kept, aside, _ = edition_of(store, articles, filters=(("min_chars", str(short)),))
    assert not {row["id"] for row in kept if len(row["text"]) < short}
    assert aside
    assert {row["reason"] for row in aside} == {"too_short"}


def test_masks_leave_nothing_of_it_anywhere(store):
    lists = dict.fromkeys(("captions", "set_aside", "authors", "tags"), (MAIL,))
    found = article(0, f"{text_of(0)}\n{MAIL}", description=MAIL, title="Ask maren.holt@harbour.example", section=MAIL, **lists)
    (row,), _, edition = edition_of(store, [found], mask=("email", "phone"))
    assert row["text"].endswith("Write to [email] or call [phone].")
    assert (row["description"], row["title"]) == ("Write to [email] or call [phone].", "Ask [email]")
    assert (row["text_sha256"], row["word_count"]) == (text_digest(row["text"]), count_words(row["text"]))
    assert b"maren" not in store.read(edition.files[0].key)


def test_a_masked_edition_is_no_obstacle_for_the_next_one(store):
    found = [article(0, f"{text_of(0)}\n{MAIL}"), article(1)]
    edition_of(store, found, mask=("email",))
    add_shard(store, "b", [article(2)])
    plain = rows_of(store, make_edition(store, "plain"))
    assert {row["text"] for row in plain} == {found[0].text, found[1].text, text_of(2)}


def test_a_person_has_the_last_word_on_lines(store):
    tagline, odd = "News from the coast since 1901", "Tuesday is the day of the ferry"
    texts = [f"{tagline}\n{text_of(number)}" + (f"\n{odd}" if number == 1 else "") for number in range(8)]
    articles = [article(5 * number, text) for number, text in enumerate(texts)]
    said = f'[[keep]]\nsite = "site0.example"\nline = "{tagline}"\n[[cut]]\nsite = "*"\nline = "{odd}"\n'
    kept, _, edition = edition_of(store, articles, overrules=parse_overrules(said))
    assert {row["text"] for row in kept} == {f"{tagline}\n{text_of(number)}" for number in range(8)}
    lines = read_line_table(store, "main").to_pylist()
    assert lines == [{"site": "site0.example", "line": odd, "rule": "person", "times": 1}]
    assert edition.counts.cut_lines == 1


def test_lines_are_counted_by_site(store):
    articles = [article(number, f"News from the coast since 190{number % 5}\n{text_of(number)}") for number in range(40)]
    edition_of(store, articles)
    lines = read_line_table(store, "main").to_pylist()
    assert {(row["site"], row["line"], row["times"]) for row in lines} == {
        (f"site{number}.example", f"News from the coast since 190{number}", 8) for number in range(5)
    }
    assert edition_of(store, articles, cuts_lines=False)[2].counts.cut_lines == 0
    assert not len(read_line_table(store, "main"))


@pytest.mark.parametrize("rules", [{"mask": ("name",)}, {"filters": (("nonsense", "1"),)}, {"filters": (("min_chars", "x"),)}])
def test_rules_that_cannot_work_are_refused(rules):
    with pytest.raises(FixTheRun):
        EditionRecipe(**rules).check()
