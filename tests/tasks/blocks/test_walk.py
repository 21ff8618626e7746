"""Blocks: where text is parted, what is counted as link, what is no text."""

from lxml.html import HtmlElement, fromstring

from tasks.blocks.class_cues import ARTICLE_BODY, HIDDEN, MAIN, cues_of
from tasks.blocks.walk import TAGS, read_blocks


def page(body: str) -> HtmlElement:
    return fromstring(f"<html><body>{body}</body></html>")


def texts(body: str) -> list[str]:
    return read_blocks(page(body)).text


def test_block_elements_part_text_and_inline_ones_do_not():
    assert texts("<div>One <b>two</b><p>three <a href=x>four</a>.</p>five</div>") == ["One two", "three four.", "five"]


def test_unknown_elements_are_blocks():
    assert texts("<x-story><x-par>One.</x-par><x-par>Two.</x-par></x-story>") == ["One.", "Two."]


def test_one_break_parts_lines_and_two_part_blocks():
    assert texts("<p>One<br>two<br><br>three<br> <br>four</p>") == ["One\ntwo", "three\nfour"]


def test_preformatted_lines_stay_as_they_are():
    assert texts("<pre>  a\n    b\n\nc  </pre>") == ["  a\n    b\nc"]


def test_scripts_menus_and_buttons_hold_no_text():
    assert texts("<nav>Menu</nav><script>var a</script><p>Text<button>Share</button> goes on</p><style>p{}</style>") == [
        "Text goes on"
    ]


def test_soft_hyphens_and_zero_width_spaces_go_and_joiners_stay():
    assert texts("<p>Zu\u00adsammen\u200bfassung \ufeffmi\u200cravad</p>") == ["Zusammenfassung mi\u200cravad"]


def test_characters_in_links_and_bold_are_counted_with_the_links():
    blocks = read_blocks(page("<p>See <a href=a>this</a> and <a href=b><b>that</b></a></p><a href=c><div>Card</div></a>"))
    assert (blocks.link, blocks.bold, blocks.links) == ([8, 4], [4, 0], [2, 1])


def test_a_container_knows_its_parent_its_blocks_and_its_place():
    blocks = read_blocks(page("<article><ul><li>a</li><li>b</li></ul><p>c</p></article>"))
    named = [TAGS[tag] for tag in blocks.tag]
    assert named == ["body", "article", "ul", "li", "li", "p"]
    assert blocks.parent == [0, 0, 1, 2, 2, 1]
    assert list(zip(blocks.first, blocks.last, strict=True)) == [(0, 3), (0, 3), (0, 2), (0, 1), (1, 2), (2, 3)]
    assert blocks.nth == [0, 1, 1, 1, 2, 2]
    assert blocks.depth == [0, 1, 2, 3, 3, 2]


def test_attributes_that_hint_are_bits_that_hold_below_too():
    blocks = read_blocks(page('<div role="main"><div itemprop="articleBody"><p style="display: none">x</p></div></div>'))
    assert blocks.cues == [0, MAIN, ARTICLE_BODY, HIDDEN]
    assert blocks.cues_around[3] == MAIN | ARTICLE_BODY | HIDDEN


def test_names_are_read_in_parts_whatever_the_habit_of_writing():
    for label in ("article-body", "article__body", "articleBody", "ArticleBody", "x story_text y"):
        assert cues_of(label) & 1, label
    assert not cues_of("article sidebar") & 1
    assert cues_of("") == 0


def test_the_tree_stays_as_it_was():
    from lxml.html import tostring

    tree = page("<div class=a>One<br>two <b>x</b><!-- c --></div>")
    before = tostring(tree)
    read_blocks(tree)
    assert tostring(tree) == before
