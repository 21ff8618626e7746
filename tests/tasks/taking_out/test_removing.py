"""Taking down: nothing of what was removed is left anywhere, all else is as it was, and who is stopped goes on."""

import shutil
from dataclasses import replace

import pytest

from tasks.audit import audit
from tasks.dead_letters import Limits, replay
from tasks.editions import read_edition
from tasks.errors import FixTheRun
from tasks.leases import Lease
from tasks.press import Order, Watch, press_shard
from tasks.recipe import Recipe
from tasks.rejected import Wanted
from tasks.removals import read_removals, removal_of
from tasks.shards import all_receipts
from tasks.storage import open_store
from tasks.taking_out.removing import remove
from tests.archives import gzip_whole, http_answer, warc_record, warcinfo
from tests.corpora import press_archives
from tests.editions import make_edition, rows_of
from tests.removing import (
    ALL,
    IN_ARCHIVE,
    IN_CAPTURES,
    MARKED,
    NOW,
    RECIPE,
    WAITING,
    Page,
    check,
    everything,
    holders,
    html,
    make_corpus,
    press_anew,
    press_captures,
    rows_in,
    run,
    write_captures,
)


def test_nothing_is_left_anywhere_and_all_else_is_as_it_was(store, tmp_path):
    make_corpus(store, tmp_path / "crawl")
    kinds = ("articles", "rejections")
    before, edition = {kind: rows_in(store, kind) for kind in kinds}, rows_of(store, read_edition(store, "main"))
    assert len(holders(store)) == 5  # two parts, two files of captures, the file of the edition
    report = run(store)
    assert holders(store) == set()
    assert report.taken == {"articles": 2, "captures": 2, "edition rows": 2}
    assert report.elsewhere == {str(tmp_path / "crawl" / "a.warc.gz")}
    after = {kind: rows_in(store, kind) for kind in kinds}
    assert after["articles"] == [row for row in before["articles"] if row["url"] not in MARKED]
    gone = [row for row in after["rejections"] if row not in before["rejections"]]
    assert {(row["url"], row["reason"], row["stage"], row["detail"]) for row in gone} == {
        (url, "removed", "classify", ALL.id) for url in (IN_ARCHIVE, IN_CAPTURES)
    }
    coordinates = {row["url"]: (row["warc_file"], row["warc_offset"], row["warc_record_id"]) for row in before["articles"]}
    assert all(coordinates[row["url"]] == (row["warc_file"], row["warc_offset"], row["warc_record_id"]) for row in gone)
    assert rows_of(store, read_edition(store, "main")) == [row for row in edition if row["url"] not in MARKED]
    check(store)


def test_nothing_is_pressed_again_and_a_second_removal_changes_nothing(corpus, made):
    run(corpus)
    before = everything(corpus)
    assert press_archives(corpus, made / "crawl", RECIPE) == []
    for receipt in all_receipts(corpus):
        if "/captures/" in receipt.shard.url:
            press_captures(corpus, receipt.shard.url.removeprefix(f"{corpus.url}/"))
    again = run(corpus)
    assert (again.taken, again.unfinished) == ({}, [])
    assert everything(corpus) == before
    (record,) = read_removals(corpus)
    assert (record.is_done, record.asked_at) == (True, "2026-02-01T00:00:00+00:00")
    assert record.taken == {"articles": 2, "captures": 2, "edition rows": 2}


def test_parts_and_files_without_it_are_not_written(corpus, monkeypatch):
    written: list[str] = []
    write = corpus.write
    monkeypatch.setattr(corpus, "write", lambda key, data: (written.append(key), write(key, data))[1])
    run(corpus, removal_of((IN_ARCHIVE,), (), ()))
    objects = [key for key in written if key.endswith(".parquet") and not key.endswith("/lines.parquet")]
    assert [key.split("/")[0] for key in objects] == ["rejections", "articles", "curated"]
    assert not [key for key in written if key.startswith("captures/")]


def test_what_waits_is_blanked_and_what_comes_later_is_kept_out(corpus, made):
    run(corpus)
    key = next(found.key for found in corpus.list("captures/") if "three" in found.key)
    press_captures(corpus, key)
    for found in list(corpus.list("receipts/warc_files/")):
        corpus.delete(found.key)
    for kind in ("articles/warc_files/", "rejections/warc_files/"):
        for found in list(corpus.list(kind)):
            corpus.delete(found.key)
    press_archives(corpus, made / "crawl", RECIPE)
    assert holders(corpus) == set()
    reasons = {row["url"]: row["reason"] for row in rows_in(corpus, "rejections")}
    assert (reasons[IN_ARCHIVE], reasons[IN_CAPTURES], reasons.get(WAITING)) == ("removed", "removed", None)
    make_edition(corpus)
    assert holders(corpus) == set()
    check(corpus, waiting=False)


def test_by_id_and_by_host(corpus):
    rows = {row["url"]: row["id"] for row in rows_in(corpus, "articles")}
    report = run(corpus, removal_of((), (), (rows[IN_CAPTURES],)))
    assert report.taken == {"articles": 1, "captures": 1, "edition rows": 1}
    assert not [key for key in holders(corpus) if "one" in key]
    report = run(corpus, removal_of((), ("example.org", "late.example.net"), ()))
    assert report.taken == {"articles": 8, "captures": 3, "edition rows": 8, "rejections": 1}
    assert holders(corpus) == set()
    assert {row["host"] for row in rows_in(corpus, "articles")} == {"news.example.net", "other.example.net"}
    check(corpus)


def test_a_dry_run_says_the_same_and_writes_nothing(corpus):
    before = everything(corpus)
    dry = run(corpus, is_dry=True)
    assert everything(corpus) == before
    real = run(corpus)
    assert (dry.taken, dry.editions, dry.elsewhere) == (real.taken, real.editions, real.elsewhere)


def test_a_replay_brings_nothing_back(corpus):
    run(corpus)
    before = everything(corpus)
    report = replay(corpus, Wanted(), Limits(max_payload_bytes=50_000_000), lambda _: None)
    assert (report.failed, report.changed) == ({}, 0)
    assert everything(corpus) == before
    with pytest.raises(FixTheRun, match="removed cannot be replayed"):
        replay(corpus, Wanted(reasons=("removed",)), Limits(), lambda _: None)


def test_a_replay_before_the_removal_came_to_its_end_brings_nothing_back(corpus):
    page = f"{IN_ARCHIVE}/gone"
    removal = removal_of((page,), (), ())
    removal.write(corpus)
    assert replay(corpus, Wanted(urls=(page,)), Limits(), lambda _: None).reasons == {"removed": 1}
    assert run(corpus, removal).taken == {}


def test_parts_of_an_unfinished_shard_are_pressed_again_without_it(corpus, made):
    receipt = next(one for one in all_receipts(corpus) if one.shard.source == "warc_files")
    corpus.delete(receipt.key)
    report = run(corpus)
    assert report.unfinished == [f"warc_files/{receipt.month}/{receipt.shard.name}"]
    assert holders(corpus) == set()
    assert audit(corpus).faults == []
    press_archives(corpus, made / "crawl", RECIPE)
    assert holders(corpus) == set()
    assert run(corpus).unfinished == []
    check(corpus)


def test_whole_articles_that_wait_for_an_edition_go_too(corpus):
    from tasks.curating import editing
    from tasks.curating.recipe import EditionRecipe

    editing.forget_all(corpus)
    plan = editing.plan_edition(corpus, "second", EditionRecipe())
    for order in editing.sign_orders(plan, corpus):
        order.done(corpus, lambda: True)
    assert [key for key in holders(corpus) if key.startswith("state/curated/rows/")]
    run(corpus)
    assert holders(corpus) == set()
    make_edition(corpus, "second")
    check(corpus)


def test_a_file_of_captures_that_two_sources_have_pressed(corpus):
    receipt = next(one for one in all_receipts(corpus, "collect") if "-one-" in one.shard.name)
    press_shard(corpus, Order(corpus.url, replace(receipt.shard, source="again"), Recipe(part_articles=5)), Watch())
    report = run(corpus)
    assert (report.articles, report.captures) == (3, 2)
    assert holders(corpus) == set()
    check(corpus)
    assert len({one.shard.etag for one in all_receipts(corpus) if one.shard.name == receipt.shard.name}) == 1


def test_a_page_that_calls_the_address_its_own(tmp_path):
    store, asked = open_store(str(tmp_path / "corpus")), "https://www.example.org/story"
    key = write_captures(store, "amp", [Page("https://amp.example.net/1", html(1, marked=True, canonical=asked))])
    press_captures(store, key)
    receipt = next(iter(all_receipts(store)))
    report = run(store, removal_of((f"{asked}?utm_source=feed",), (), ()))
    assert (report.articles, report.captures) == (1, 1)
    assert holders(store) == set()
    write_captures(store, "amp", [Page("https://amp.example.net/1", html(1, marked=True, canonical=asked))])
    press_anew(store, receipt)
    assert [row["reason"] for row in rows_in(store, "rejections")] == ["removed"]


def test_a_file_that_cannot_be_changed_in_its_place_is_named_and_the_rest_is_done(corpus):
    key = "captures/collect/2026-01-02/by-hand.warc.gz"
    corpus.write(key, gzip_whole([warcinfo(), warc_record(url=IN_CAPTURES, block=http_answer(body=html(1, marked=True)))]))
    report = remove(corpus, ALL, NOW, lambda _: None)
    assert list(report.failed) == [key]
    assert "cannot be changed in its place" in report.failed[key]
    assert holders(corpus) == {key}
    assert not read_removals(corpus)[0].is_done
    corpus.delete(key)
    run(corpus)
    assert read_removals(corpus)[0].is_done


def test_while_somebody_curates_it_is_refused(corpus):
    before = everything(corpus)
    lease = Lease(corpus, "state/leases/curate/", "curating", is_strict=True)
    assert lease.take()
    with pytest.raises(FixTheRun, match="another run curates"):
        run(corpus)
    lease.release()
    assert everything(corpus) == before


def test_a_copy_of_a_corpus_is_taken_out_of_where_it_lies(corpus, tmp_path):
    shutil.copytree(corpus.url, tmp_path / "copy")
    copy = open_store(str(tmp_path / "copy"))
    report = run(copy)
    assert holders(copy) == set()
    assert holders(corpus)
    assert len(report.elsewhere) == 2
    assert audit(copy, deep=True).faults == []


def test_the_audit_names_what_is_still_there(corpus):
    ALL.write(corpus)
    faults = "\n".join(audit(corpus).faults)
    assert f"{IN_ARCHIVE}, which removal {ALL.id} takes out" in faults
    assert f"{IN_CAPTURES}, which removal" in faults
    assert "edition main: curated/main/articles/" in faults
    for receipt in all_receipts(corpus, "collect"):
        press_anew(corpus, receipt)
    assert f"the capture of {IN_CAPTURES}" in "\n".join(audit(corpus, deep=True).faults)
    run(corpus)
    check(corpus)


def test_a_damaged_record_of_a_removal_is_a_fault(corpus):
    run(corpus)
    corpus.write(ALL.key, b"{}")
    (fault,) = audit(corpus).faults
    assert f"{ALL.key} is no record of a removal" in fault


def make_half(store, name):
    """Files of an edition as they lie when its run is killed before the manifest."""
    edition = make_edition(store, name)
    store.delete(edition.key)
    return edition


def test_half_made_editions_do_not_keep_it(corpus):
    half, main = make_half(corpus, "fresh"), read_edition(corpus, "main")
    late, torn = (f"curated/main/set_aside/month=2031-0{number}/x.parquet" for number in (1, 2))
    corpus.write(late, corpus.read(main.files[0].key))
    corpus.write(torn, corpus.read(main.files[0].key)[:500])
    faults = "\n".join(audit(corpus).faults)
    assert all(f"{key} stands in no manifest: `pressrun curate` again" in faults for key in (half.files[0].key, late))
    before = everything(corpus)
    dry = run(corpus, is_dry=True)
    assert everything(corpus) == before
    report = run(corpus)
    assert report.editions == dry.editions == {"fresh": 2, "main": 4}
    assert holders(corpus) == set()
    assert [corpus.exists(key) for key in (half.files[0].key, late, torn, main.files[0].key)] == [False, False, False, True]
    make_edition(corpus, "fresh")
    check(corpus)


def test_half_made_editions_without_it_are_left(corpus):
    half = make_half(corpus, "fresh")
    report = run(corpus, removal_of(("https://nowhere.example.org/1",), (), ()))
    assert (report.taken, corpus.exists(half.files[0].key)) == ({}, True)


@pytest.mark.parametrize("harm", [lambda data: data[:500], lambda data: data[:4] + b"x" * 3_000 + data[3_004:]])
def test_a_damaged_edition_is_named_and_the_others_are_done(corpus, harm):
    make_edition(corpus, "zweite")
    key = read_edition(corpus, "main").files[0].key
    corpus.write(key, harm(corpus.read(key)))
    report = remove(corpus, ALL, NOW, lambda _: None)
    assert list(report.failed) == ["edition main"]
    assert report.failed["edition main"].startswith(f"{key} is damaged (")
    assert (
        "`pressrun curate ROOT --edition main --whole` writes it anew, then start the same removal" in report.failed["edition main"]
    )
    assert len(report.failed["edition main"].splitlines()) == 1
    assert report.editions == {"zweite": 2}
    assert not read_removals(corpus)[0].is_done
    for found in list(corpus.list("curated/main/")):
        corpus.delete(found.key)
    make_edition(corpus)
    run(corpus)
    assert read_removals(corpus)[0].is_done
    assert holders(corpus) == set()
    check(corpus)


def stopped(store, *, with_parts: bool):
    """Leave the file of captures that waits as one who was killed while it was pressed; gives its key and the rows it has had."""
    key = next(found.key for found in store.list("captures/") if "three" in found.key)
    note = f"state/to-press/collect/{key.rpartition('/')[2]}.todo"
    waits = store.read(note)
    press_captures(store, key)
    rows = [row for row in rows_in(store, "articles") if row["url"].startswith("https://late.")]
    receipt = next(one for one in all_receipts(store, "collect") if "-three-" in one.shard.name)
    store.delete(receipt.key)
    store.write(note, waits)
    for stored in () if with_parts else receipt.objects:
        store.delete(stored.key)
    return key, rows


@pytest.mark.parametrize("with_parts", [True, False])
def test_an_article_by_its_id_leaves_captures_that_are_not_pressed_yet(corpus, with_parts):
    key, rows = stopped(corpus, with_parts=with_parts)
    asked = removal_of((), (), [row["id"] for row in rows if row["url"] == WAITING])
    before = everything(corpus)
    dry = run(corpus, asked, is_dry=True)
    assert everything(corpus) == before
    report = run(corpus, asked)
    assert report.taken == dry.taken == {"captures": 1, **({"articles": 1} if with_parts else {})}
    assert not [one for one in holders(corpus) if "three" in one]
    press_captures(corpus, key)
    assert sorted(row["url"] for row in rows_in(corpus, "articles") if "late" in row["url"]) == [
        row["url"] for row in rows if row["url"] != WAITING
    ]
    check(corpus, waiting=False)


def test_a_page_of_an_unfinished_shard_that_calls_the_address_its_own(tmp_path):
    store, asked = open_store(str(tmp_path / "corpus")), "https://www.example.org/story"
    key = write_captures(store, "three", [Page("https://late.example.net/1", html(1, marked=True, canonical=asked))])
    stopped(store, with_parts=True)
    report = run(store, removal_of((asked,), (), ()))
    assert (report.articles, report.captures, report.waiting) == (1, 1, 1)
    assert holders(store) == set()
    press_captures(store, key)
    assert holders(store) == set()
    assert audit(store, deep=True).faults == []


def test_a_damaged_part_of_an_unfinished_shard_stops_nothing_else(corpus):
    stopped(corpus, with_parts=True)
    key = next(one.key for one in corpus.list("articles/collect/") if "-three-" in one.key)
    corpus.write(key, corpus.read(key)[:100])
    report = remove(corpus, ALL, NOW, lambda _: None)
    assert [f"{key} is damaged" in why for why in report.failed.values()] == [True]
    corpus.delete(key)
    assert holders(corpus) == set()
    assert not read_removals(corpus)[0].is_done
