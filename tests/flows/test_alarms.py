"""Alarms from the file to a listener: a real Prefect server, a real webhook, real and made-up trouble."""

import json
import os
import re
import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from flows.alarms import read_alarms
from flows.automations import Means, apply_alarms
from tasks.errors import FixTheRun
from tests.flows.command_line import run
from tests.servers.prefect_api import ask, emit, wait_for

FILE = Path(__file__).parents[2] / "infra" / "alarms.yaml"
SECRET = "planted-in-the-path"


@pytest.fixture(scope="module")
def listener():
    """A webhook; what it was told stands in ``told``."""
    told: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert (self.path, self.headers["Content-Type"]) == (f"/{SECRET}", "application/json")
            told.append(json.loads(body)["text"])
            self.send_response(204)
            self.end_headers()

        log_message = staticmethod(lambda *_: None)

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        server.told = told
        server.url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def alarmed(listener, prefect_server, tmp_path_factory):
    """The file applied; what it printed, and its copy with a shorter wait for signs of life."""
    file = tmp_path_factory.mktemp("alarms") / "alarms.yaml"
    file.write_text(FILE.read_text().replace("within: 180", "within: 10"))
    done = run("alarms", file, "--webhook-from", "HOOK", HOOK=listener.url, **prefect_server.environ)
    assert done.returncode == 0, done.stderr
    yield file, done.stdout
    file.write_text(
        yaml.safe_dump({"alarms": [{"name": "last", "trigger": {"expect": ["no.such.event"]}, "subject": "", "body": ""}]})
    )
    run("alarms", file, **prefect_server.environ)


def apply(file, server, *, is_dry=False) -> list[str]:
    described = read_alarms(str(file))
    return list(apply_alarms(server.api, described.alarms, Means(described.block, must_be_there=False, url="", is_dry=is_dry)))


def automations(server) -> dict[str, dict]:
    return {one["name"]: one for one in ask(server.api, "automations/filter") if one["name"].startswith("pressrun: ")}


def test_applied_again_nothing_changes_and_what_left_the_file_goes(alarmed, prefect_server, tmp_path):
    file, first = alarmed
    names = [each["name"] for each in yaml.safe_load(file.read_text())["alarms"]]
    assert [line.split("pressrun: ")[1] for line in first.splitlines()[1:]] == names
    made = automations(prefect_server)
    assert apply(file, prefect_server) == [f"unchanged  pressrun: {name}" for name in names]
    assert automations(prefect_server) == made
    shorter = yaml.safe_load(file.read_text())
    shorter["alarms"] = [
        {**shorter["alarms"][0], "body": "Look at it."},
        {**shorter["alarms"][1], "name": "new"},
        *shorter["alarms"][2:],
    ]
    (tmp_path / "shorter.yaml").write_text(yaml.safe_dump(shorter))
    would = apply(tmp_path / "shorter.yaml", prefect_server, is_dry=True)
    assert would[:3] == ["would remove  pressrun: run is late", "would change  pressrun: run failed", "would make  pressrun: new"]
    assert automations(prefect_server) == made
    did = apply(tmp_path / "shorter.yaml", prefect_server)
    assert did[:3] == ["removed  pressrun: run is late", "changed  pressrun: run failed", "made  pressrun: new"]
    assert did[3:] == would[3:] == [line for line in did if line.startswith("unchanged")]
    assert "pressrun: run is late" not in automations(prefect_server)
    apply(file, prefect_server)
    assert automations(prefect_server).keys() == made.keys()


def test_every_trouble_reaches_the_listener(alarmed, listener, prefect_server, tmp_path):
    api, told = prefect_server.api, listener.told
    flow = ask(api, "flows/", name="collect")["id"]
    past = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
    ask(api, "flow_runs/", flow_id=flow, name="forgotten", state={"type": "SCHEDULED", "state_details": {"scheduled_time": past}})
    lost = ask(api, "flow_runs/", flow_id=flow, name="lost", state={"type": "RUNNING"})["id"]
    related = [{"prefect.resource.id": f"prefect.flow.{flow}", "prefect.resource.role": "flow", "prefect.resource.name": "collect"}]
    emit(api, "prefect.flow-run.heartbeat", {"prefect.resource.id": f"prefect.flow-run.{lost}"}, related)
    one, other = (
        {"prefect.resource.id": f"pressrun.run.{uuid.uuid4()}", "prefect.resource.name": name}
        for name in ("collect 1", "collect 2")
    )
    emit(api, "pressrun.source.silent", one, message='"Le Monde" & <others> said nothing for 3 days')
    emit(api, "pressrun.rejections.high", one, message="61 % of 1,200 captures were rejected")
    for resource in (one, one, other, one):
        emit(api, "pressrun.run.overdue", resource, message="3 h in place of 1 h")
    order = {"into": str(tmp_path / "nowhere")}
    code = f"from flows.auditing import audit; audit(__import__('flows.parameters').parameters.AuditOrder(**{order!r}))"
    environ = {**os.environ, **prefect_server.environ}
    failed = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert "there is no corpus at" in failed.stderr
    first_words = (
        "audit nowhere",
        "A source",
        "Many rej",
        "collect 1 takes",
        "collect 2 takes",
        "collect is late",
        "lost gives",
        "lost: Crashed",
    )
    wait_for(lambda: all(any(text.startswith(words) for text in told) for words in first_words), 60)
    by_words = {words: [text for text in told if text.startswith(words)] for words in first_words}
    assert "Failed\nFlow run encountered an exception: FixTheRun: there is no corpus at" in by_words["audit nowhere"][0]
    assert by_words["A source"] == ['A source has gone silent\n"Le Monde" & <others> said nothing for 3 days']
    assert by_words["Many rej"] == ["Many rejections in collect 1\n61 % of 1,200 captures were rejected"]
    assert by_words["collect 1 takes"] == ["collect 1 takes longer than its forecast\n3 h in place of 1 h"]
    assert f"{api.removesuffix('/api')}/runs/flow-run/{lost}" in by_words["lost gives"][0]
    (state,) = ask(api, "flow_runs/filter", flow_runs={"id": {"any_": [lost]}})
    assert state["state_type"] == "CRASHED"


def test_the_address_of_the_webhook_lies_in_its_block_alone(alarmed, listener, prefect_server):
    events = json.dumps(ask(prefect_server.api, "events/filter", limit=50))
    shown = alarmed[1] + (prefect_server.folder / "server.log").read_text() + json.dumps(automations(prefect_server)) + events
    assert SECRET not in shown
    assert SECRET not in json.dumps(ask(prefect_server.api, "block_documents/filter"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"trigger": {"expects": ["x"]}}, "an event trigger has no 'expects'"),
        ({"trigger": {"expect": ["x"], "posture": "Proactive", "within": 3}}, "10 seconds"),
        ({"actions": [{"type": "no-such"}]}, "actions.0"),
        ({"bodi": "x"}, "alarms.0.bodi: Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_with_the_file_is_one_line(tmp_path, prefect_server, change, says):
    alarm = {"name": "a", "trigger": {"expect": ["x"]}, "subject": "s", "body": "b", **change}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump({"alarms": [alarm]}))
    with pytest.raises(FixTheRun, match=re.escape(says)) as told:
        apply(tmp_path / "a.yaml", prefect_server, is_dry=True)
    assert "\n" not in str(told.value)


def test_what_is_missing_outside_the_file_is_one_line(prefect_server):
    refused = run("alarms", FILE, "--webhook-block", "slack-webhook/nobody", **prefect_server.environ)
    assert (refused.returncode, refused.stderr) == (
        2,
        "pressrun: there is no block slack-webhook/nobody: make it in the Prefect UI under Blocks\n",
    )
    spoilt = run("alarms", FILE, "--webhook-from", "HOOK", HOOK=f"ftp:{SECRET}")
    assert "HOOK in the environment has to hold" in spoilt.stderr
    assert SECRET not in spoilt.stderr
    nobody = run("alarms", FILE, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert "no Prefect server answers at http://127.0.0.1:9/api" in nobody.stderr
