"""The Prefect server: does it answer, is it as new as we are, are its settings ours, does anybody work off what it schedules."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from importlib.metadata import version
from time import sleep, time
from typing import Any
from urllib.parse import urlsplit

from packaging.version import Version

from flows.checks.clocks import WARN_SECONDS, Reading, clock_finding
from flows.checks.findings import Check, Finding, fail, ok, warn
from flows.server import PREFECT_SETTINGS
from tasks.errors import FixTheRun

WORK_POOL = "pressrun"
TIMEOUT_SECONDS = 8.0
CLOCK_READINGS = 3
# Settings of a client or of a server that a run starts for itself: a standing server need not have them.
NOT_THE_SERVERS = ("PREFECT_SERVER_EPHEMERAL_",)


@dataclass
class ServerChecks:
    """The checks of the server that the environment or the profile names; its client is closed with ``ends``."""

    stands: bool = False
    ends: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def api_url(self) -> str:
        """Empty where none is named."""
        # Prefect's client would tell a host on the web that it is used.
        os.environ.setdefault("DO_NOT_TRACK", "1")
        from prefect.settings import get_current_settings  # noqa: PLC0415  (Prefect takes seconds to import)

        return get_current_settings().api.url or ""

    @cached_property
    def client(self) -> Any:
        """With the keys that the environment or the profile gives; untyped, for Prefect types every path of its API."""
        from prefect.client.orchestration import get_client  # noqa: PLC0415

        return self.ends.enter_context(get_client(httpx_settings={"timeout": TIMEOUT_SECONDS}, sync_client=True))

    def checks(self) -> Iterator[Check]:
        """In the order in which a schedule would fail of them; only a server that stands has more to be looked at."""
        yield Check("prefect", "server", self.server, True, 60.0)
        if not self.stands:
            return
        for subject, look in (
            ("version", self.version),
            ("settings", self.settings),
            ("clock", self.clock),
            ("work pool", self.work_pool),
            ("deployments", self.deployments),
            ("late runs", self.late_runs),
            ("automations", self.automations),
        ):
            yield Check("prefect", subject, look)

    def server(self) -> Iterator[Finding]:
        """Which one, and whether it answers."""
        if not self.api_url:
            yield ok("PREFECT_API_URL is not set: each run starts a server of its own, schedules and alarms need a standing one")
            return
        self._ask("GET", "/health")
        yield ok(f"{_shown(self.api_url)} answers")
        self.stands = True

    def version(self) -> Iterator[Finding]:
        """A server that is older than its clients does not know what they ask."""
        there, here = str(self._ask("GET", "/admin/version").json()), version("prefect")
        if Version(there) < Version(here):
            yield fail(f"{there}, older than {here} here", "update the server first, then restart it")
        else:
            yield ok(f"{there}, {here} here")

    def settings(self) -> Iterator[Finding]:
        """Those that keep it quick and quiet, and what can be told of its database."""
        told = self._ask("GET", "/admin/settings").json()
        yield from odd_settings(told)
        database = told["server"]["database"]
        if kind := (database.get("driver") or ("postgresql" if database.get("host") else "")):
            yield ok(f"its database is {kind.partition('+')[0]}")

    def clock(self) -> Iterator[Finding]:
        """The server's: it says when a schedule is due."""
        if "date" not in self._ask("GET", "/health").headers:
            return
        readings = [self._clock_reading()]
        # A busy server writes an old date, never one to come: the best of some is the truest.
        while abs(readings[-1].offset_seconds) > WARN_SECONDS and len(readings) < CLOCK_READINGS:
            sleep(1.0)
            readings.append(self._clock_reading())
        yield clock_finding({"the server": min(readings, key=lambda reading: abs(reading.offset_seconds))})

    def _clock_reading(self) -> Reading:
        sent = time()
        answer = self._ask("GET", "/health")
        told = parsedate_to_datetime(answer.headers["date"]).timestamp()
        # Whole seconds, and uvicorn looks at its clock once a second.
        return Reading(sent, time(), told, told + 2)

    def work_pool(self) -> Iterator[Finding]:
        """Whether somebody takes runs out of it."""
        answer = self._ask("POST", "/work_pools/filter", {"work_pools": {"name": {"any_": [WORK_POOL]}}})
        if not answer.json():
            yield ok(f"no work pool `{WORK_POOL}`: it is for the deployments of infra/prefect.yaml")
            return
        workers = self._ask("POST", f"/work_pools/{WORK_POOL}/workers/filter", {}).json()
        online = [worker["name"] for worker in workers if worker["status"] == "ONLINE"]
        if answer.json()[0]["is_paused"]:
            yield warn(f"`{WORK_POOL}` is paused", f"prefect work-pool resume {WORK_POOL}")
        elif not online:
            yield warn(f"nobody works for `{WORK_POOL}`", f"prefect worker start --pool {WORK_POOL}")
        else:
            yield ok(f"`{WORK_POOL}` has {len(online)} worker{'s' * (len(online) != 1)}")

    def deployments(self) -> Iterator[Finding]:
        """Those of our flows, and whether somebody asks for their runs."""
        told = self._ask("POST", "/deployments/filter", {"limit": 200}).json()
        ours = [one for one in told if (one["entrypoint"] or "").startswith(("flows.", "flows/"))]
        idle = sorted(one["name"] for one in ours if one["status"] != "READY" and not one["paused"])
        paused = sorted(one["name"] for one in ours if one["paused"])
        if not ours:
            yield ok("none of Pressrun's flows: nothing is scheduled here")
        if idle:
            yield warn(
                f"nobody asks for the runs of {', '.join(idle)}", "start a Prefect worker for their work pool, or serve them"
            )
        if paused:
            yield warn(f"paused: {', '.join(paused)}", "resume them in the UI")
        if ours and not idle and not paused:
            yield ok(", ".join(sorted(one["name"] for one in ours)))

    def late_runs(self) -> Iterator[Finding]:
        """Runs that should have begun."""
        count = self._ask("POST", "/flow_runs/count", {"flow_runs": {"state": {"name": {"any_": ["Late"]}}}}).json()
        yield warn(f"{count} should have begun", "start a worker, or more of them, or delete them") if count else ok("none")

    def automations(self) -> Iterator[Finding]:
        """The alarms that are in force."""
        told = self._ask("POST", "/automations/filter", {}).json()
        off = sorted(one["name"] for one in told if not one["enabled"])
        if off:
            yield warn(f"{len(told) - len(off)} in force, switched off: {', '.join(off)}", "switch them on in the UI")
        else:
            yield ok(f"{len(told)} in force" if told else "none: nobody is told of a run that fails")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        import httpx  # noqa: PLC0415

        where = _shown(self.api_url)
        try:
            return self.client.request(method, path, **({} if body is None else {"json": body}))
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            hint = ": check PREFECT_API_KEY or PREFECT_API_AUTH_STRING" if status in {401, 403} else ": is it Prefect's API?"
            raise FixTheRun(f"{where} answers {path} with {status}{hint}") from None
        except httpx.HTTPError as error:
            why = f"does not answer ({type(error).__name__})"
            raise FixTheRun(f"{where} {why}: start it (`pressrun server`), or check PREFECT_API_URL") from None


def odd_settings(told: dict[str, Any]) -> Iterator[Finding]:
    """A finding for every setting of the server that is not what it should be; one if all are."""
    wanted = {name: value for name, value in PREFECT_SETTINGS.items() if name.startswith("PREFECT_SERVER_")}
    looked = 0
    for name, value in wanted.items():
        found = _setting(told, name.removeprefix("PREFECT_").lower())
        if name.startswith(NOT_THE_SERVERS) or found is None:
            continue
        looked += 1
        if str(found).lower().removesuffix(".0") != value:
            yield warn(f"{name} is {str(found).lower()}", f"start the server with {name}={value}")
            looked = -len(wanted)
    if looked > 0:
        yield ok(f"{looked} that matter are as they should be")


def _setting(told: Any, name: str) -> Any:
    """The value of ``server_ui_v2_enabled`` in nested tables, whose own names hold underscores, too; None: not told."""
    if not isinstance(told, dict):
        return None
    if name in told:
        return told[name]
    inner = (_setting(told[key], name[len(key) + 1 :]) for key in told if name.startswith(f"{key}_"))
    return next((found for found in inner if found is not None), None)


def _shown(api_url: str) -> str:
    split = urlsplit(api_url)
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}{split.path}"
