"""Bad input is one clear line and exit code 2, before any work starts."""

import pytest

from tasks.reasons import Reason
from tests.demo.archive import ARCHIVE
from tests.flows.command_line import run


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothere.warc.gz",), "nothing found at"),
        (("nothere/*.warc.gz",), "nothing found at"),
        (tuple(f"{number:08}.warc.gz" for number in range(9_000)), "9,000 names are too many: name their folder"),
        ((__file__,), "its first bytes are of no kind that can be read; these can: "),
        ((ARCHIVE, "--extractor", "magic"), "choose from balanced, fast, thorough, trafilatura"),
        ((ARCHIVE, "--filter", "min_chars"), "name=option"),
        ((ARCHIVE, "--filter", "min_chars=few"), "whole number"),
        ((ARCHIVE, "--filter", "loud=1"), "among the filters"),
        ((ARCHIVE, "--workers", "many"), "workers"),
        ((ARCHIVE, "--workers", "0"), "workers"),
        ((ARCHIVE, "--source", "../up"), "source"),
        ((ARCHIVE, "--part-articles", "0"), "part_articles"),
        ((ARCHIVE, "--cluster", "tcp://127.0.0.1:9"), "does not answer"),
        ((ARCHIVE, "--since", "2024-12-01"), "for ccnews"),
        ((ARCHIVE, "--column", "body"), "FIELD=COLUMN"),
        ((ARCHIVE, "--only-hosts", "nothere.txt"), "no list of hosts"),
        ((ARCHIVE, "--published-since", "yesterday"), "published_since"),
        ((ARCHIVE, "--access", "anonymous"), "for s3:// addresses only"),
        (("ccnews",), "--since"),
        (("ccnews", "--since", "2024-13-01"), "since"),
        (("ccnews", "--since", "2024-12-02", "--until", "2024-12-01"), "is empty"),
        (("common-crawl",), "--crawl"),
        ((ARCHIVE, "--cluster", "no-such-file"), "neither"),
        ((ARCHIVE, "--cluster", __file__), "cluster file"),
    ],
)
def test_bad_input(tmp_path, arguments, says):
    refused = run("backfill", *arguments, "--into", tmp_path / "corpus")
    assert refused.returncode == 2, refused.stderr
    assert says in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "corpus" / "articles").exists()


@pytest.mark.parametrize("root", ["/dev/null/corpus", "s3://user:planted@bucket/x"])
def test_a_store_that_cannot_be_written(root):
    refused = run("backfill", ARCHIVE, "--into", root)
    assert refused.returncode == 2
    assert "planted" not in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["backfills", "calendar"])
def test_progress_of_nothing_is_one_line(tmp_path, command):
    refused = run(command, tmp_path / "typo")
    assert refused.returncode == 2
    assert "no backfill was started" in refused.stderr


def test_an_audit_of_nothing_is_no_success(tmp_path):
    assert run("audit", tmp_path / "typo").returncode == 2


def test_help_teaches_and_the_version_is_told():
    assert "pressrun backfill crawl/*.warc.gz --into corpus/" in run("--help").stdout
    help_text = run("backfill", "--help").stdout
    assert "Filters" in help_text or "Filter for texts" in help_text
    assert run("--version").stdout.startswith("pressrun 0.")


def test_reasons_are_all_told():
    listed = run("reasons").stdout
    assert all(reason.value in listed and reason.meaning in listed for reason in Reason)
