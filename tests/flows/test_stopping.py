"""Runs that people suspend, resume and cancel in the Prefect UI, asked for as the UI asks."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from tests.faults.processes import Run
from tests.flows.command_line import run, write_archive
from tests.flows.serving import ENDED, environ, folder, serve  # noqa: F401  (fixtures)
from tests.servers.prefect_api import ask, deployment, start_run, started_since, state_of, wait_for


def set_state(server, run_id, kind, name, **details):
    """What the buttons of the UI send."""
    answer = ask(server.api, f"flow_runs/{run_id}/set_state", state={"type": kind, "name": name, "state_details": details})
    assert answer["status"] == "ACCEPT", answer


def below(server, run_id):
    """States of the windows and the shards of a run."""
    windows = ask(server.api, "flow_runs/filter", flow_runs={"parent_flow_run_id": {"any_": [run_id]}})
    shards = ask(server.api, "task_runs/filter", flow_runs={"id": {"any_": [window["id"] for window in windows]}})
    # A task run that the server has just heard of has no state yet.
    return [window["state_name"] for window in windows], Counter(shard["state_name"] for shard in shards)


def parts_in(root):
    return len(list(root.glob("articles/*/*/*/*.parquet")))


def test_a_run_that_is_suspended_goes_on_where_it_was(serve, prefect_server, tmp_path):
    root, archive = tmp_path / "corpus", write_archive(tmp_path / "long.warc.gz", 2_000)
    run_id = start_run(
        prefect_server.api,
        deployment(prefect_server.api, "backfill")["id"],
        archives=[str(archive)],
        into=str(root),
        part_articles=50,
        workers=1,
    )
    wait_for(lambda: parts_in(root) >= 2)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    set_state(prefect_server, run_id, "PAUSED", "Suspended", pause_timeout=until, pause_reschedule=True)
    wait_for(lambda: below(prefect_server, run_id) == (["Cancelled"], {"Cancelled": 1}))
    assert state_of(prefect_server.api, run_id) == "Suspended"
    before = parts_in(root)
    assert before < 40
    time.sleep(2)
    assert parts_in(root) == before
    assert ask(prefect_server.api, f"flow_runs/{run_id}/resume")["status"] == "ACCEPT"
    wait_for(lambda: state_of(prefect_server.api, run_id) in ENDED)
    assert state_of(prefect_server.api, run_id) == "Completed"
    assert parts_in(root) == 40
    assert "the sum closes" in run("audit", root, "--deep").stdout


def test_a_run_of_the_command_heeds_the_cancel_button(prefect, tmp_path):
    root, archive = tmp_path / "corpus", write_archive(tmp_path / "long.warc.gz", 2_000)
    began = datetime.now(UTC)
    started = Run(tmp_path / "log", archive, "--into", root, "--workers", 1, "--part-articles", 50)
    wait_for(lambda: parts_in(root) >= 2)
    (flow_run,) = ask(
        prefect.api,
        "flow_runs/filter",
        flows={"name": {"any_": ["backfill"]}},
        flow_runs=started_since(began),
    )
    set_state(prefect, flow_run["id"], "CANCELLING", "Cancelling")
    assert started.wait(60) == 130, started.output
    assert "cancelled by hand: what is finished stays" in started.output
    assert state_of(prefect.api, flow_run["id"]) == "Cancelled"
    wait_for(lambda: below(prefect, flow_run["id"]) == (["Cancelled"], {"Cancelled": 1}))
    assert parts_in(root) < 40
    assert run("backfill", archive, "--into", root, "--workers", 1, "--part-articles", 50).returncode == 0
    assert "the sum closes" in run("audit", root, "--deep").stdout
