"""What the audit says of editions: nothing of sound ones, and each kind of damage by name."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.audit_editions import audit_editions, editions_at_work, strays
from tasks.curating.recipe import EditionRecipe
from tasks.editions import read_edition
from tasks.removals import Removed, removal_of
from tests.editions import NOON, add_shard, article, make_edition, text_of


@pytest.fixture
def edited(store):
    """A store with an edition of 20 articles in two months, one of them a copy."""
    articles = [article(number, captured_at=NOON + timedelta(days=3 * number)) for number in range(19)]
    add_shard(store, "a", [*articles, article(50, text_of(1), captured_at=NOON)])
    return store, make_edition(store, recipe=EditionRecipe(keep="originals"))


def told(store, *, articles: int = 20, deep: bool = False) -> str:
    faults, notes = audit_editions(store, articles, deep=deep)
    return "\n".join([*faults, *notes])


def test_a_sound_edition_has_no_faults(edited):
    assert told(edited[0]) == told(edited[0], deep=True) == ""


def test_what_came_since_is_noted(edited):
    assert told(edited[0], articles=25) == "edition main is of 20 articles, the corpus has 25 now"


def test_a_lost_file_and_a_lost_file_of_what_was_set_aside(edited):
    store, edition = edited
    for key in (edition.files[0].key, next(file.aside_key for file in edition.files if file.aside_rows)):
        data = store.read(key)
        store.delete(key)
        assert f"edition main: {key} is missing" in told(store)
        store.write(key, data)
    assert told(store) == ""


def test_another_object_in_its_place(edited):
    store, edition = edited
    first, second = edition.files[:2]
    store.write(first.key, store.read(second.key))
    assert "bytes and" in told(store)


def test_a_byte_that_changed_is_seen_in_deep(edited):
    store, edition = edited
    key = edition.files[0].key
    data = bytearray(store.read(key))
    data[len(data) // 2] ^= 1
    store.write(key, bytes(data))
    assert "sha256" in told(store, deep=True) or "damaged" in told(store, deep=True)


def test_an_article_that_is_in_two_files(edited):
    store, edition = edited
    first, second = edition.files[:2]
    data = store.read(first.key)
    store.write(second.key, data)
    lie = replace(second, rows=first.rows, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    replace(edition, files=(first, lie, *edition.files[2:])).write(store)
    assert f"{first.rows} articles are in it twice" in told(store)


def test_a_sum_that_does_not_close(edited):
    store, edition = edited
    replace(edition, counts=replace(edition.counts, read=21)).write(store)
    assert "21 articles were read, 19 kept, 1 set aside" in told(store)
    replace(read_edition(store, "main"), counts=replace(edition.counts, set_aside={"too_short": 1})).write(store)
    assert "its manifest says otherwise" in told(store)


def test_a_manifest_of_another_version(edited):
    store, edition = edited
    store.write(edition.key, b"{}")
    assert "is no manifest of this version" in told(store)


@pytest.mark.parametrize("name", ["articles", "set_aside"])
def test_an_edition_may_be_called_as_one_of_its_folders(store, name):
    add_shard(store, "a", [article(1), article(2), article(3, text_of(1))])
    edition = make_edition(store, name, EditionRecipe(keep="originals"))
    assert (edition.counts.kept, sum(edition.counts.set_aside.values())) == (2, 1)
    assert told(store, articles=3, deep=True) == ""


def test_only_an_edition_that_is_being_made_is_excused(edited):
    store, edition = edited
    other = make_edition(store, "other")
    for one in (edition, other):
        store.delete(one.files[0].key)
    store.write("state/curated/work/abc/clusters/2024-12.parquet", b"x")
    store.write("state/curated/work/abc/of-other.json", b"{}")
    assert editions_at_work(store) == {"other"}
    faults, notes = audit_editions(store, 20, deep=False)
    assert [fault for fault in faults if "is missing" not in fault] == []
    assert {fault.split(":")[0] for fault in faults} == {"edition main"}
    assert notes == ["edition other is being brought up to date, or the run was stopped: `pressrun curate` goes on"]


def test_files_that_stand_in_no_manifest(edited):
    store, edition = edited
    content = store.read(edition.files[0].key)
    keys = [f"curated/{place}/month=2031-01/x.parquet" for place in ("fresh/articles", "main/articles", "main/set_aside")]
    for key in keys:
        store.write(key, content)
    store.write("curated/main/other/x.parquet", content)
    assert strays(store) == {"fresh": keys[:1], "main": keys[1:]}
    faults, notes = audit_editions(store, 20, deep=False)
    assert faults == [f"edition {key.split('/')[1]}: {key} stands in no manifest: `pressrun curate` again" for key in keys]
    assert notes == []
    for name in ("main", "fresh"):
        store.write(f"state/curated/work/abc/of-{name}.json", b"{}")
    faults, notes = audit_editions(store, 20, deep=False)
    assert (faults, [note.split()[1] for note in notes]) == ([], ["fresh", "main"])
    removed = Removed([removal_of((), [f"site{number}.example" for number in range(5)], ())])
    faults, _ = audit_editions(store, 20, deep=False, removed=removed)
    assert len([fault for fault in faults if "start `pressrun remove` again" in fault and any(key in fault for key in keys)]) == 3


def test_of_a_manifest_of_another_version_no_file_is_a_stray(edited):
    store, edition = edited
    store.write(edition.key, b"{}")
    assert strays(store) == {}
