"""Each rule by itself, on pages that have nothing else."""

# ruff: noqa: RUF001 - credits have dashes

from dataclasses import replace

import pyarrow as pa
import pytest

from tasks.site_lines.folding import hash64
from tasks.site_lines.furniture import CUTS_SCHEMA, furniture
from tasks.site_lines.overrules import Overrules, parse_overrules
from tasks.site_lines.rows import ROW_SCHEMA, line_rows
from tests.tasks.site_lines.scoring import NO_COPIES
from tests.tasks.site_lines.sites import ARTICLE, NEITHER, SITE, Page, articles, make_site, seed_like

PARAGRAPHS = tuple((f"The board of harbour {name} met on the quay and put off its vote.", ARTICLE) for name in ("one", "two"))


def pages_with(lines_of: dict[int, list[str]], count: int = 20, *, last: bool = True) -> list[Page]:
    """Pages without furniture but for these lines of some of them, above or below their bodies."""
    pages = make_site(seed_like, count, parts={})
    found = []
    for page in pages:
        body = tuple(line for line in page.lines if line[1] == ARTICLE)
        more = tuple((line, SITE) for line in lines_of.get(page.number, []))
        found.append(replace(page, lines=body + more if last else more + body))
    return found


def cut_lines(pages: list[Page], stories: pa.Table = NO_COPIES, overrules: Overrules | None = None) -> list[tuple[int, str, str]]:
    cuts = furniture(line_rows(articles(pages)), stories, overrules or Overrules()).to_pylist()
    return [(cut["node"], pages[cut["node"]].lines[cut["at"]][0], cut["rule"]) for cut in cuts]


def test_nothing_in_nothing_out() -> None:
    assert furniture(ROW_SCHEMA.empty_table(), NO_COPIES, Overrules()).equals(CUTS_SCHEMA.empty_table())


@pytest.mark.parametrize(
    ("line", "pages", "is_cut"),
    [
        ("Tides of the sound", 4, False),
        ("Tides of the sound", 5, True),
        ("Our journalism is what it is", 2, False),
        ("Our journalism is what it is", 3, True),
        ("Advertisement", 2, False),
        ("Advertisement", 3, True),
    ],
)
def test_how_many_pages_are_enough_depends_on_the_words(line: str, pages: int, is_cut: bool) -> None:
    found = cut_lines(pages_with({number: [line] for number in range(pages)}))
    assert [line for _, line, _ in found] == [line] * pages * is_cut


@pytest.mark.parametrize(("sections", "is_cut"), [(5, False), (7, True)])
def test_rare_labels_go_where_many_pages_have_one_of_them(sections: int, is_cut: bool) -> None:
    names = ("Islands", "Harbour", "Council", "Letters", "Markets", "Weather", "Opinion")
    pages = pages_with({number: [names[number // 3]] for number in range(3 * sections)}, 60, last=False)
    assert len(cut_lines(pages)) == 3 * sections * is_cut


def test_few_of_many_pages_are_not_unless_within_a_month_that_has_many() -> None:
    spread = pages_with({number: ["Tides of the sound"] for number in range(0, 600, 50)}, 600)
    close = pages_with({number: ["Tides of the sound"] for number in range(12)}, 600)
    assert not cut_lines(spread)
    assert len(cut_lines(close)) == 12
    assert not cut_lines(pages_with({number: ["Tides of the sound"] for number in range(7)}, 600))
    assert not cut_lines(pages_with({number: ["Tides of the sound"] for number in range(12)}, 200))


def test_near_copies_are_one_page_and_lose_the_line_too() -> None:
    stories = pa.table({"node": pa.array([0, 1, 2], pa.uint64()), "story": pa.array([0, 0, 0], pa.uint64())})
    assert not cut_lines(pages_with({number: ["Tides of the sound"] for number in range(6)}), stories)
    assert len(cut_lines(pages_with({number: ["Tides of the sound"] for number in range(7)}), stories)) == 7


def test_copies_from_elsewhere_count_each_by_itself() -> None:
    pages = pages_with({number: ["Tides of the sound"] for number in range(5)})
    stories = pa.table({"node": pa.array(range(5), pa.uint64()), "story": pa.array(range(900, 905), pa.uint64())})
    assert len(cut_lines(pages, stories)) == 5


def test_lines_that_were_set_aside_elsewhere_are_the_site_s() -> None:
    pages = pages_with({0: ["Tides of the sound"]})
    aside = pa.array([["Share"]] + [["Tides of the sound", "Bread", "Share"]] * 4 + [["Share"]] * 15, pa.list_(pa.string()))
    rows = line_rows(articles(pages).append_column("set_aside", aside))
    assert furniture(rows, NO_COPIES, Overrules()).to_pylist() == [{"node": 0, "at": len(pages[0].lines) - 1, "rule": "edge"}]


@pytest.mark.parametrize(
    "line", ["The ministry did not reply.", "- bread", "Referee: M. Olsen", "Ellis 2 - 1 Alderby", "“Never again”"]
)
def test_what_looks_like_body_needs_most_of_the_pages(line: str) -> None:
    assert not cut_lines(pages_with({number: [line] for number in range(9)}))
    assert len(cut_lines(pages_with({number: [line] for number in range(12)}))) == 12


@pytest.mark.parametrize("line", ["Cod {} crowns", "Ellis 2 - {} Alderby", "{} boats"])
def test_digits_are_masked_in_date_lines_and_buttons_alone(line: str) -> None:
    assert not cut_lines(pages_with({number: [line.format(number)] for number in range(20)}))
    dates = {number: [f"{number + 1} March 2024, 10:{number + 10}"] for number in range(20)}
    assert {rule for _, _, rule in cut_lines(pages_with(dates, last=False))} == {"date"}
    assert len(cut_lines(pages_with({number: [f"{number} comments"] for number in range(20)}))) == 20


def test_a_heading_in_the_body_stays_though_all_pages_have_it() -> None:
    pages = [
        replace(page, lines=(PARAGRAPHS[0], ("What comes next", SITE), *PARAGRAPHS[:1] * 3, (f"Page {page.number} ends.", ARTICLE)))
        for page in pages_with({})
    ]
    assert all(line != "What comes next" for _, line, _ in cut_lines(pages))


def test_a_label_is_furniture_where_nearly_all_its_pages_have_it_at_an_edge() -> None:
    pages = pages_with({number: ["A longer way"] for number in range(6)})
    inside = [
        replace(page, lines=(*PARAGRAPHS, ("A longer way", SITE), *PARAGRAPHS, (f"Page {page.number} ends.", ARTICLE)))
        for page in pages[6:9]
    ]
    assert len(cut_lines(pages)) == 6
    assert not cut_lines([*pages[:6], *inside, *pages[9:]])


@pytest.mark.parametrize(("between", "is_cut"), [(1, True), (4, True), (5, False)])
def test_the_way_to_the_end_passes_few_unknown_lines(between: int, is_cut: bool) -> None:
    pages = pages_with(
        {
            number: ["More", "Tides of the sound", *(f"Headline {letter}{number:03}" for letter in "abcde"[:between])]
            for number in range(20)
        }
    )
    assert ("Tides of the sound" in {line for _, line, _ in cut_lines(pages)}) is is_cut


def test_how_letters_close_is_no_furniture() -> None:
    letters = {number: ["Yours in good hope", f"{name} Quill"] for number, name in enumerate(("Ada", "Jo", "Mira", "Tom", "Ines"))}
    assert not cut_lines(pages_with(letters, 60))
    assert len(cut_lines(pages_with(letters, 20))) == 5


def test_date_lines_are_cut_where_the_site_dates_its_pages_not_where_some_texts_begin_with_a_day() -> None:
    days = {number: [f"{number + 1} March 2024"] for number in range(5)}
    assert not cut_lines(pages_with(days, 30, last=False))
    assert len(cut_lines(pages_with(days, 12, last=False))) == 5


def test_a_title_stays_though_many_articles_have_it() -> None:
    pages = [
        replace(page, title="Notes from the quay")
        for page in pages_with({number: ["Notes from the quay"] for number in range(20)}, last=False)
    ]
    assert not cut_lines(pages)


def test_a_title_of_many_words_is_passed_on_the_way_to_a_date_line() -> None:
    pages = []
    for page in pages_with({number: [f"{number + 1} March 2024"] for number in range(20)}, last=False):
        title = f"{page.title}, {page.title}, {page.title}."
        pages.append(replace(page, title=title, lines=((title, NEITHER), *page.lines)))
    assert {rule for *_, rule in cut_lines(pages)} == {"date"}


def test_a_link_in_the_body_goes_if_it_leads_to_another_article() -> None:
    titles = [page.title for page in pages_with({})]
    pages = pages_with(
        {3: [f"Read more: {titles[8]}", *(line for line, _ in PARAGRAPHS)], 4: ["Read more: what nobody wrote about here"]}
    )
    assert cut_lines(pages) == [(3, f"Read more: {titles[8]}", "related")]


def test_a_button_goes_wherever_it_stands() -> None:
    pages = [replace(page, lines=(*page.lines[:1], ("Advertisement", SITE), *page.lines[1:])) for page in pages_with({})]
    assert {(line, rule) for _, line, rule in cut_lines(pages)} == {("Advertisement", "button")}


def test_related_headlines_are_titles_of_other_articles() -> None:
    titles = [page.title for page in pages_with({})]
    pages = pages_with({4: [titles[9], titles[3]], 5: [titles[5]], 6: ["A headline that no article of the site has"]})
    assert cut_lines(pages) == [(4, titles[9], "related"), (4, titles[3], "related")]
    body = replace(pages[7], lines=((titles[2], ARTICLE), *pages[7].lines))
    assert not [line for node, line, _ in cut_lines([*pages[:7], body, *pages[8:]]) if node == 7]


def test_a_caption_goes_where_the_site_leaves_them_in_its_texts() -> None:
    caption = "Boat number {} at the quay [Jo Reed – Example Agency]"
    assert not cut_lines(pages_with({number: [caption.format(number)] for number in range(2)}))
    assert {rule for *_, rule in cut_lines(pages_with({number: [caption.format(number)] for number in range(3)}))} == {"caption"}


def test_a_person_keeps_a_line() -> None:
    pages = pages_with({number: ["Tides of the sound", "News of the quay"] for number in range(9)})
    for site_name, is_ours in ((pages[0].domain, True), ("*", True), ("other.example", False)):
        kept = parse_overrules(f'[[keep]]\nsite = "{site_name}"\nline = "tides of the SOUND"')
        found = {line for _, line, _ in cut_lines(pages, overrules=kept)}
        assert found == ({"News of the quay"} if is_ours else {"Tides of the sound", "News of the quay"})


def test_a_site_s_own_word_is_above_that_for_every_site() -> None:
    pages = pages_with({number: ["Tides of the sound"] for number in range(9)})
    both = (
        f'keep = [{{site = "*", line = "Tides of the sound"}}]\ncut = [{{site = "{pages[0].domain}", line = "Tides of the sound"}}]'
    )
    assert len(cut_lines(pages, overrules=parse_overrules(both))) == 9


def test_a_person_keeps_date_lines_by_a_sign_for_numbers() -> None:
    pages = pages_with({number: [f"{number + 1} March 2024"] for number in range(20)}, last=False)
    assert cut_lines(pages)
    assert not cut_lines(pages, overrules=parse_overrules('keep = [{site = "*", line = "# # #"}]'))
    assert len(cut_lines(pages, overrules=parse_overrules('keep = [{site = "*", line = "3 March 2024"}]'))) == 19


def test_a_person_keeps_all_links_of_a_kind() -> None:
    pages = pages_with({number: [f"Read more: what nobody wrote about boat {number}"] for number in range(9)})
    assert len(cut_lines(pages)) == 9
    assert not cut_lines(pages, overrules=parse_overrules('keep = [{site = "*", line = "Read more:"}]'))


def test_sites_do_not_count_for_each_other() -> None:
    pages = pages_with({number: ["Tides of the sound"] for number in range(4)})
    split = [replace(page, domain=f"{page.number % 2}.example") for page in pages]
    assert not cut_lines(split)
    assert hash64("0.example") != hash64("1.example")
