"""The runner behind `pressrun serve`: deployments told to the server, their runs started here, all ended in order."""

import asyncio
import signal
from collections.abc import Sequence
from datetime import datetime

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.server.schemas.schedules import CronSchedule
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.deployments_file import Deployment

# Who clicks "Run" should not wait for the next look at the server.
LOOK_SECONDS = 1.0


def serve(deployments: Sequence[Deployment], api: str) -> None:
    """Run what these deployments ask for until SIGINT or SIGTERM; runs that go on then are cancelled."""
    with temporary_settings(updates={PREFECT_API_URL: api}):
        made = [_made(deployment) for deployment in deployments]
        asyncio.run(_serve(deployments, made, api))


def _made(deployment: Deployment) -> RunnerDeployment:
    limit = deployment.concurrency_limit
    made = RunnerDeployment.from_entrypoint(
        deployment.entrypoint,
        name=deployment.name,
        description=deployment.description or None,
        tags=deployment.tags,
        parameters=deployment.parameters,
        schedules=[Cron(each.cron, timezone=each.timezone, active=each.active) for each in deployment.schedules],
        concurrency_limit=ConcurrencyLimitConfig.model_validate(limit.model_dump()) if limit else None,
    )
    # Pressrun is installed: with a path, a worker that takes this deployment over later would copy this folder for each run.
    made._path = None
    # Set, not left out: that takes a deployment away from the work pool that it may have had on this server.
    made.work_pool_name = made.work_queue_name = None
    return made


async def _serve(deployments: Sequence[Deployment], made: Sequence[RunnerDeployment], api: str) -> None:
    # A stop is no pause: what is missed meanwhile shows as late.
    runner = Runner("pressrun", query_seconds=LOOK_SECONDS, pause_on_shutdown=False)
    for each in made:
        each.paused = await _is_paused(each)
        await runner.aadd_deployment(each)
    stopped = asyncio.Event()
    running = asyncio.create_task(runner.start())
    # It puts in a handler for SIGTERM that waits for its own loop: ours come after it.
    await asyncio.sleep(0)
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, stopped.set)
    while not (runner.started or running.done()):
        await asyncio.sleep(0.05)
    lines = [f"{each.name:<12} {await _next_run(each)}" for each in deployments]
    print("\n".join([*lines, f"the runs, and the forms: {api.removesuffix('/api')}", "Ctrl-C ends it"]), flush=True)
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        print("stopping: runs that go on are cancelled ...", flush=True)
        await runner.astop()
        # It knows nothing of a run whose process was only just starting.
        while not running.done():
            await runner.cancel_all()
            await asyncio.sleep(0.2)
    await running


async def _is_paused(made: RunnerDeployment) -> bool:
    """Whether a person has paused it in the UI; it stays so."""
    async with get_client() as client:
        try:
            return (await client.read_deployment_by_name(f"{made.flow_name}/{made.name}")).paused
        except ObjectNotFound:
            return False


async def _next_run(deployment: Deployment) -> str:
    times: list[datetime] = []
    for each in deployment.schedules:
        if each.active:
            times += await CronSchedule(cron=each.cron, timezone=each.timezone).get_dates(1)
    return f"next run {min(times):%Y-%m-%d %H:%M %Z}" if times else "when somebody starts it"
