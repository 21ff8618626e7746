"""`pressrun remove`, `removals`, and what `show` and `audit` say then."""

import pytest

from flows.cli import main
from flows.exits import DONE, FAILED, FIX_THE_RUN
from tasks.storage import open_store
from tests.removing import IN_ARCHIVE, IN_CAPTURES, holders, make_corpus


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("removed")
    make_corpus(open_store(str(folder / "corpus")), folder / "crawl")
    return str(folder / "corpus")


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main([*arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_take_down_from_the_command_line(root, capsys):
    asked = ("remove", root, "--url", IN_ARCHIVE, "--url", f"{IN_CAPTURES}?utm_source=feed", "--why", "asked by letter")
    assert run(capsys, "removals", root)[:2] == (DONE, "nothing was ever taken out of this corpus\n")
    code, dry, _ = run(capsys, *asked, "--dry-run")
    assert code == DONE
    assert "would take out 2 articles, 1 captures, 2 edition rows; nothing was written" in dry
    assert run(capsys, "removals", root)[1].startswith("nothing")
    code, out, _ = run(capsys, *asked)
    assert code == DONE
    assert "took out 2 articles, 1 captures, 2 edition rows" in out
    assert "edition main: 2 rows" in out
    assert f"lies in {root.removesuffix('corpus')}crawl/a.warc.gz: take it out there, too" in out
    assert "-signs.warc.gz) are left as they are" in out
    assert "1 files of captures wait to be pressed: a page there that calls such an address its own" in out
    assert len(holders(open_store(root))) == 1  # what still waits was not asked for
    _, listed, _ = run(capsys, "removals", root)
    assert "asked by letter" in listed
    assert f"url   {IN_ARCHIVE.replace('https', 'http')}" in listed
    assert "took out 2 articles, 1 captures, 2 edition rows" in listed
    _, shown, _ = run(capsys, "show", IN_ARCHIVE, "--in", root)
    assert "rejected at classify: removed" in shown
    assert "Somebody asked for it to be taken out." in shown
    assert "asked by letter" in shown
    assert "taken out of this corpus" in run(capsys, "show", f"{IN_ARCHIVE}?utm_source=x", "--in", root)[1]
    for deep in ((), ("--deep",)):
        assert run(capsys, "audit", root, *deep)[0] == DONE


def test_bad_input_is_one_line(root, capsys, tmp_path):
    for arguments, says in (
        ((root,), "say what to remove"),
        ((root, "--host", "https://example.org/"), "no hosts"),
        ((root, "--id", "x"), "no id of an article"),
        ((root, "--url", IN_ARCHIVE, "--url", "a.example.org/3"), "'a.example.org/3' is no whole address: write it with https://"),
        ((root, "--url", "//a.example.org/3"), "no whole address"),
        ((root, "--url", "htps://a.example.org/3"), "no whole address"),
        ((root, "--url", "https:///3"), "no whole address"),
        ((str(tmp_path / "typo"), "--url", IN_ARCHIVE), "no corpus"),
    ):
        code, out, err = run(capsys, "remove", *arguments)
        assert (code, out, len(err.splitlines())) == (FIX_THE_RUN, "", 1)
        assert says in err


def test_what_could_not_be_done_fails_the_command(root, capsys):
    store, key = open_store(root), "captures/collect/2026-01-02/by-hand.warc.gz"
    found = next(one.key for one in store.list("captures/") if "-two-" in one.key)
    import gzip

    store.write(key, gzip.compress(gzip.decompress(store.read(found))))
    code, out, _ = run(capsys, "remove", root, "--host", "other.example.net")
    assert code == FAILED
    assert f"FAILED {key}" in out
    assert "NOT DONE" in run(capsys, "removals", root)[1]
    store.delete(key)
    assert run(capsys, "remove", root, "--host", "other.example.net")[0] == DONE
    assert "NOT DONE" not in run(capsys, "removals", root)[1]
