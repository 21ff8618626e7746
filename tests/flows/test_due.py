"""A run is named after the time it was scheduled for, however early a runner took it up."""

from datetime import datetime

import pytest
from prefect import runtime

from flows.auditing import _run_name as audit_name
from flows.collect import _run_name as collect_name
from flows.due import due_at
from flows.report import _run_name as report_name


@pytest.mark.parametrize("told", ["2026-11-26T23:59:00+00:00", "2026-11-27T01:59:00+02:00"])
def test_names_speak_of_the_time_of_the_schedule_in_utc(monkeypatch, told):
    monkeypatch.setattr(runtime.flow_run, "scheduled_start_time", datetime.fromisoformat(told), raising=False)
    assert due_at().isoformat() == "2026-11-26T23:59:00+00:00"
    orders = {collect_name: {"sources": "a.toml"}, report_name: {}, audit_name: {}}
    names = []
    for name_of, order in orders.items():
        monkeypatch.setattr(runtime.flow_run, "parameters", {"order": {"into": "s3://b/corpus", **order}}, raising=False)
        names.append(name_of())
    assert names == ["collect 2026-11-26 23:59", "report corpus 2026-11-26", "audit corpus 2026-11-26"]


def test_a_run_without_a_schedule_is_due_now():
    assert due_at().utcoffset().total_seconds() == 0
