"""The report by command and by flow: where it lies, what the Prefect UI tells of it, what is said when there is none."""

import json
import urllib.request
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import ValidationError

from flows.cli import main
from flows.report import ReportOrder, report, report_lines
from tasks.report.making import Report, make_report
from tasks.storage import open_store
from tests.corpora import make_crawl, press_archives
from tests.tasks.report.shards import RUN, article, write_manifest, write_shard


def ask(server, path: str, **body: object) -> list[dict]:
    request = urllib.request.Request(f"{server.api}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


@pytest.fixture
def corpus(tmp_path) -> Path:
    store = open_store(str(tmp_path / "corpus"))
    write_manifest(store, [write_shard(store, "a", [article(0), article(1)])], failed={"b": "damaged"})
    return tmp_path / "corpus"


def test_the_command_writes_the_page_and_says_where(corpus, tmp_path, capsys):
    for arguments, place in (
        ([], corpus / "report.html"),
        (["--run", "latest"], corpus / "runs" / RUN / "report.html"),
        (["--run", RUN[:8], "--out", str(tmp_path / "mine.html")], tmp_path / "mine.html"),
    ):
        assert main(["report", str(corpus), *arguments]) == 0
        assert capsys.readouterr().out == f"{place}\n"
        assert place.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{}/nowhere"], "there is no corpus at"),
        (["{}/corpus", "--run", "1999"], "begins with 1999, the latest is"),
        (["{}/corpus", "--out", "{}/no/folder/x.html"], "cannot write the report to"),
    ],
)
def test_what_cannot_be_is_one_line(corpus, tmp_path, capsys, arguments, says):
    assert main(["report", *(text.format(tmp_path) for text in arguments)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_the_flow_reports_a_pressed_corpus_on_s3_and_leaves_an_artifact(bucket, tmp_path, prefect):
    root = f"{bucket}/corpus"
    store = open_store(root)
    make_crawl(tmp_path / "crawl")
    receipts = press_archives(store, tmp_path / "crawl")
    write_manifest(store, receipts)
    place = f"{root}/runs/{RUN}/report.html"
    with temporary_settings({PREFECT_API_URL: prefect.api}):
        assert report(ReportOrder(into=root, run="latest")) == place
    page = store.read(f"runs/{RUN}/report.html").decode()
    assert page.count(">b.example.org<") == 1
    artifacts = ask(prefect, "artifacts/filter", artifacts={"key": {"any_": ["report"]}})
    told = [one for one in artifacts if place in one["data"]]
    assert len(told) == 1
    assert "**36** captures read = **24** articles + **12** rejections" in told[0]["data"]
    (run,) = ask(prefect, "flow_runs/filter", flow_runs={"id": {"any_": [told[0]["flow_run_id"]]}})
    assert run["name"].startswith("report corpus 20")
    assert run["state_type"] == "COMPLETED"


def test_the_artifact_links_to_the_web_alone(corpus):
    made = make_report(open_store(str(corpus)))
    assert report_lines(made)[-1] == f"Report: `{corpus}/report.html`"
    assert "- 1 failed" not in report_lines(made)
    web = Report("https://store.example/corpus/report.html", 1, made.facts)
    assert report_lines(web)[-1] == "Report: [https://store.example/corpus/report.html](https://store.example/corpus/report.html)"
    assert "- 1 failed" in report_lines(make_report(open_store(str(corpus)), "latest"))


def test_the_form_asks_for_what_it_needs():
    properties = ReportOrder.model_json_schema()["properties"]
    assert all(field["description"] for field in properties.values())
    with pytest.raises(ValidationError):
        ReportOrder(into="x", runs="latest")  # type: ignore[call-arg]
