"""A real Prefect server, and one that is not there."""

from flows.checks import servers
from flows.checks.servers import odd_settings
from tests.flows.doctor_visit import Doctor

PLANTED = "planted-secret-5d0c"


def test_a_prefect_server_with_a_deployment_that_nobody_serves(prefect, monkeypatch):
    from prefect.client.orchestration import SyncPrefectClient

    monkeypatch.setenv("PREFECT_API_AUTH_STRING", f"admin:{PLANTED}")
    with SyncPrefectClient(prefect.api) as client:
        flow = client.create_flow_from_name("doctored")
        made = client.create_deployment(flow, "doctored-hourly", entrypoint="flows.collect.collect")
        try:
            found = Doctor(None)
        finally:
            client.delete_deployment(made)
    assert found.problems == [], found.output
    assert f"{prefect.api} answers" in found.says("prefect", "server")
    assert found.verdict("prefect", "version") == "ok"
    assert found.verdict("prefect", "clock") == "ok"
    assert "as they should be" in found.says("prefect", "settings")
    assert "doctored-hourly" in found.says("prefect", "deployments")
    assert {subject for area, subject in found.findings if area == "prefect"} >= {"work pool", "late runs", "automations"}
    assert PLANTED not in found.output


def test_a_work_pool_without_workers_and_a_paused_one(prefect, monkeypatch):
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate

    monkeypatch.setattr(servers, "WORK_POOL", "doctored-pool")
    with SyncPrefectClient(prefect.api) as client:
        checks = servers.ServerChecks()
        checks.api_url, checks.client = prefect.api, client
        (none,) = checks.work_pool()
        client.create_work_pool(WorkPoolCreate(name="doctored-pool", type="process"))
        try:
            (idle,) = checks.work_pool()
            client.update_work_pool("doctored-pool", WorkPoolUpdate(is_paused=True))
            (paused,) = checks.work_pool()
        finally:
            client.delete_work_pool("doctored-pool")
    assert none.verdict == "ok"
    assert (idle.verdict, idle.advice) == ("warn", "prefect worker start --pool doctored-pool")
    assert (paused.verdict, paused.advice) == ("warn", "prefect work-pool resume doctored-pool")


def test_a_prefect_server_that_is_not_there(monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", f"http://user:{PLANTED}@127.0.0.1:9/api")
    found = Doctor(None)
    assert found.problems == [("prefect", "server")]
    assert "http://127.0.0.1:9/api does not answer" in found.says("prefect", "server")
    assert PLANTED not in found.output


def test_settings_are_found_in_nested_tables():
    recorder = {"read_batch_size": 50, "batch_size": 200, "flush_interval": 1.0}
    told = {"server": {"analytics_enabled": True, "ui": {"v2_enabled": False}, "services": {"task_run_recorder": recorder}}}
    assert [one.found for one in odd_settings(told)] == ["PREFECT_SERVER_ANALYTICS_ENABLED is true"]
