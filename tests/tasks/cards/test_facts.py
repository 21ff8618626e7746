"""Facts are what one counts row by row; memory has a bound however many kinds there are."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tasks.cards.facts import FORGOTTEN, fold, gather_facts
from tasks.edition_rows import Choice
from tests.tasks.made_editions import LICENCES, made_row, make_edition


def test_facts_are_those_of_the_rows(store):
    edition = make_edition(store, articles=300)
    rows = [made_row(number) for number in range(300)]
    facts = gather_facts(store, edition)
    dates = [row["published_at"] for row in rows if row["published_at"]]
    captured = [row["captured_at"] for row in rows if row["captured_at"]]
    assert (facts.articles, facts.words) == (300, sum(row["word_count"] for row in rows))
    assert (facts.published, facts.captured) == ((min(dates), max(dates)), (min(captured), max(captured)))
    assert facts.years == Counter(str(date.year) for date in dates) + Counter(undated=300 - len(dates))
    assert (facts.originals, facts.paywalled, facts.opted_out) == (240, 18, 24)
    assert facts.opt_outs == {"x-robots-tag:noai": 24, "meta:noarchive": 24}
    assert facts.domains == Counter(row["domain"] for row in rows)
    assert facts.languages == {"en": 100, "de": 100, "ja": 100}
    assert facts.licences == {"none declared": 150, LICENCES[2]: 75, LICENCES[3]: 75}
    assert facts.extractors == {"balanced 3": 300}
    chosen = gather_facts(store, edition, Choice(True, ("de",)))
    assert chosen.articles == chosen.originals == sum(row["is_original"] and row["language"] == "de" for row in rows)
    assert gather_facts(store, edition, Choice(languages=("xx",))).published is None


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 50), max_size=30), st.integers(2, 10))
def test_folding_loses_no_article_and_keeps_the_most_frequent(kinds, most):
    folded = Counter(kinds)
    fold(folded, most)
    assert folded.total() == sum(kinds.values())
    assert len(folded) <= max(most, 1)
    if len(kinds) > most and FORGOTTEN not in kinds:
        kept = [kinds[kind] for kind in folded if kind != FORGOTTEN]
        assert sorted(kept, reverse=True) == sorted(kinds.values(), reverse=True)[: len(kept)]
        assert len(kept) >= most // 2
