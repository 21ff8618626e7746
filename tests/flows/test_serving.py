"""`pressrun serve` and Prefect's own deploy: one file, a real server, its form in a real browser."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
import yaml

from flows.deployments_file import read_deployments
from flows.server import answers, api_url
from tasks.components import component_names
from tasks.errors import FixTheRun
from tasks.storage import open_store
from tests.collected import rows
from tests.corpora import press_archives
from tests.flows.command_line import PRESSRUN, run, write_archive
from tests.flows.serving import ENDED, FILE, ROOT, SOURCES, environ, folder, serve  # noqa: F401  (fixtures)
from tests.servers.browser import needs_browser, open_page
from tests.servers.prefect_api import ask, deployment, runs_of, start_run, state_of, wait_for
from tests.servers.prefect_server import free_port


def test_a_schedule_yields_scheduled_runs(serve, prefect_server, folder):
    told = (folder / "serve.log").read_text()
    assert all(name in told for name in ("collect ", "backfill ", "audit ", "next run 20", "when somebody starts it"))
    hourly = deployment(prefect_server.api, "collect")
    runs = wait_for(lambda: [one for one in runs_of(prefect_server.api, hourly["id"]) if one["state_type"] == "SCHEDULED"])
    assert all(one["auto_scheduled"] and one["expected_start_time"].endswith(":00:00Z") for one in runs)
    assert hourly["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert hourly["work_pool_name"] is None
    assert hourly["tags"] == ["pressrun", "live"]


@needs_browser
def test_a_run_from_the_form_in_a_browser_does_the_job(serve, prefect_server, folder):
    archive, root = write_archive(folder / "crawl" / "a.warc.gz", 12), folder / "from-the-form"
    wanted = deployment(prefect_server.api, "backfill")
    with open_page(f"{prefect_server.api.removesuffix('/api')}/deployments/deployment/{wanted['id']}/run") as page:
        fields = page.locator("textarea")
        fields.first.wait_for()
        before = fields.count()
        page.get_by_role("button", name="Add item").first.click()
        fields.nth(before).wait_for()
        assert [fields.nth(0).input_value(), fields.nth(1).input_value()] == ["", str(folder / "corpus")]
        fields.nth(0).fill(str(archive))
        fields.nth(1).fill(str(root))
        text = page.inner_text("body")
        page.get_by_role("button", name="Submit").click()
        run_id = wait_for(lambda: [one["id"] for one in runs_of(prefect_server.api, wanted["id"])])[0]
        wait_for(lambda: state_of(prefect_server.api, run_id) in ENDED)
    assert state_of(prefect_server.api, run_id) == "Completed", (folder / "serve.log").read_text()
    assert len(rows(root, "articles/*/*/*/*.parquet")) == 12
    names = ("Archives", "Corpus", "First day", "Press again", "Extractor", "Cluster", "Largest page (MB)")
    assert sorted(names, key=text.index) == [*names]
    fields = wanted["parameter_openapi_schema"]["definitions"]["BackfillOrder"]["properties"]
    assert fields["extractor"]["enum"] == component_names("extractors")
    assert all(len(field["description"]) > 10 and field["title"] for field in fields.values())
    lines = ask(prefect_server.api, "logs/filter", logs={"flow_run_id": {"any_": [run_id]}}, sort="TIMESTAMP_ASC")
    assert any("pressing on" in line["message"] for line in lines)


def test_a_run_too_many_is_cancelled_where_that_was_asked_for(serve, prefect_server, folder):
    press_archives(open_store(str(folder / "corpus")), write_archive(folder / "audited" / "b.warc.gz", 2).parent)
    weekly = deployment(prefect_server.api, "audit")["id"]
    asked = [start_run(prefect_server.api, weekly) for _ in range(2)]
    wait_for(lambda: all(state_of(prefect_server.api, one) in ENDED for one in asked))
    assert sorted(state_of(prefect_server.api, one) for one in asked) == ["Cancelled", "Completed"]
    (told,) = [one for one in runs_of(prefect_server.api, weekly) if one["state_type"] == "CANCELLED"]
    assert told["state"]["message"] == "Deployment concurrency limit reached."
    assert {one["name"] for one in runs_of(prefect_server.api, weekly)} >= {f"audit corpus {datetime.now(UTC):%Y-%m-%d}"}


def test_an_audit_that_does_not_close_fails_and_says_why(serve, prefect_server, folder):
    root = folder / "spoilt"
    press_archives(open_store(str(root)), write_archive(folder / "spoiling" / "c.warc.gz", 2).parent)
    next(root.glob("articles/*/*/*/*.parquet")).unlink()
    run_id = start_run(prefect_server.api, deployment(prefect_server.api, "audit")["id"], into=str(root))
    wait_for(lambda: state_of(prefect_server.api, run_id) in ENDED)
    (ended,) = ask(prefect_server.api, "flow_runs/filter", flow_runs={"id": {"any_": [run_id]}})
    assert ended["state_type"] == "FAILED"
    assert f"BrokenShard: 2 faults in {root}, the first: " in ended["state"]["message"]
    left = {one["key"]: one["data"] for one in ask(prefect_server.api, "artifacts/filter", flow_runs={"id": {"any_": [run_id]}})}
    assert "2 faults: the corpus is not sound" in left["audit"]
    assert json.loads(left["faults"])[0]["fault"].endswith("00000.parquet is missing")


def test_a_stop_cancels_what_runs_and_leaves_nobody_behind(serve, prefect_server, folder):
    archive = write_archive(folder / "crawl" / "long.warc.gz", 6_000)
    by_hand = deployment(prefect_server.api, "backfill")["id"]
    run_id = start_run(prefect_server.api, by_hand, archives=[str(archive)], into=str(folder / "stopped"), workers=1)
    wait_for(lambda: state_of(prefect_server.api, run_id) == "Running")
    people = psutil.Process(serve.pid).children(recursive=True)
    began = time.monotonic()
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(60) == 0
    assert time.monotonic() - began < 40
    assert state_of(prefect_server.api, run_id) == "Cancelled"
    assert psutil.wait_procs(people, timeout=20)[1] == []


def test_without_a_server_there_is_one_of_its_own_for_as_long(folder):
    port, log = free_port(), folder / "alone.log"
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environ = {**elsewhere, "PREFECT_HOME": str(folder / "home"), "PREFECT_SERVER_API_PORT": str(port), "PRESSRUN_ROOT": "corpus"}
    with log.open("ab") as lines:
        command = [PRESSRUN, "serve", str(FILE), "--only", "audit"]
        process = subprocess.Popen(command, env=environ, stdout=lines, stderr=lines, start_new_session=True)
    try:
        wait_for(lambda: process.poll() is not None or "Ctrl-C ends it" in log.read_text())
        assert f"the runs, and the forms: http://127.0.0.1:{port}\n" in log.read_text()
        people = psutil.Process(process.pid).children(recursive=True)
        assert answers(api_url("127.0.0.1", port))
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
        assert process.wait(30) == 0
        assert psutil.wait_procs(people, timeout=20)[1] == []
    finally:
        process.kill()
    assert "Traceback" not in log.read_text()


def test_prefects_own_deploy_reads_the_same_file_from_any_folder(prefect_server, folder, environ):
    # The last of its kind here: it hands the deployments over to a work pool.
    prefect = str(Path(sys.executable).with_name("prefect"))
    for command in (("work-pool", "create", "pressrun", "--type", "process"), ("deploy", "--all", "--prefect-file", str(FILE))):
        done = subprocess.run(
            [prefect, "--no-prompt", *command], cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for entry in yaml.safe_load(FILE.read_text())["deployments"]:
        made = deployment(prefect_server.api, entry["name"])
        assert (made["work_pool_name"], made["pull_steps"], made["path"]) == ("pressrun", [], None)
        assert made["concurrency_options"]["collision_strategy"] == entry["concurrency_limit"]["collision_strategy"]
        assert made["parameters"]["order"]["into"] == environ["PRESSRUN_ROOT"]
        assert [each["schedule"]["cron"] for each in made["schedules"]] == [each["cron"] for each in entry.get("schedules", [])]


BACKFILL = {"name": "b", "entrypoint": "flows.backfill.backfill", "parameters": {"order": {"into": "{{ $PRESSRUN_ROOT }}"}}}
HOURLY = {"schedules": [{"cron": "0 * * * *"}]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"parameters": {"order": {"into": "{{ $PRESSRUN_NOWHERE }}"}}}, "b needs PRESSRUN_NOWHERE in the environment"),
        ({"parameters": {"order": {"into": "x", "workers": "many"}}}, "b: workers: Input should be a valid integer"),
        ({"parameters": {"order": {"into": "x", "archives": ["y"], "extractor": "magic"}}}, "choose from balanced, fast"),
        ({"parameters": {"odrer": {}}}, "has no parameter 'odrer', it has order"),
        ({"entrypoint": "flows.backfill.backfil"}, "there is no flow flows.backfill.backfil"),
        ({"entrypoint": "flows/backfill.py:backfill"}, "there is no flow"),
        ({"schedules": [{"interval": 60}]}, "schedules.0.cron: Field required"),
        (HOURLY, "b: archives: Field required"),
        ({"schedules": [{"cron": "0 25 * * *"}]}, 'schedules.0.cron: Invalid cron string: "0 25 * * *"'),
        ({"schedules": [{"cron": "0 5 * * *", "timezone": "Mars/North"}]}, 'schedules.0.timezone: Invalid timezone: "Mars/North"'),
        ({"concurrency_limit": {"limit": 1, "collision_strategy": "WAIT"}}, "concurrency_limit.collision_strategy"),
        ({"triggers": []}, "triggers: Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_with_the_file_is_one_line(tmp_path, monkeypatch, change, says):
    monkeypatch.setenv("PRESSRUN_ROOT", "corpus")
    (tmp_path / "d.yaml").write_text(yaml.safe_dump({"deployments": [BACKFILL]}))
    assert read_deployments(str(tmp_path / "d.yaml"), [])[0].parameters == {"order": {"into": "corpus"}}
    (tmp_path / "d.yaml").write_text(yaml.safe_dump({"deployments": [{**BACKFILL, **change}]}))
    with pytest.raises(FixTheRun, match=re.escape(says)) as told:
        read_deployments(str(tmp_path / "d.yaml"), [])
    assert "\n" not in str(told.value)


def test_nothing_starts_where_a_setting_is_missing(tmp_path):
    refused = run("serve", FILE, "--only", "backfill", PRESSRUN_ROOT="")
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"pressrun: {FILE}: backfill needs PRESSRUN_ROOT in the environment")
    assert len(refused.stderr.splitlines()) == 1


def test_a_name_or_a_file_that_is_not_there_is_one_line(monkeypatch):
    with pytest.raises(FixTheRun, match="there is no deployment 'nightly', there are collect, "):
        read_deployments(str(FILE), ["nightly"])
    with pytest.raises(FixTheRun, match=r"cannot read nowhere\.yaml: No such file"):
        read_deployments("nowhere.yaml", [])
