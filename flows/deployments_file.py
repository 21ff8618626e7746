"""The file with deployments, as `pressrun serve` reads it: checked whole before anything starts."""

import importlib
import os
import re
from pathlib import Path
from typing import Any, Literal, get_type_hints

import yaml
from prefect.client.schemas.schedules import CronSchedule
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from flows.parameters import CollectOrder
from flows.settings import HowToPress
from flows.sources_file import read_sources
from tasks.errors import FixTheRun

# Prefect's own way of naming a variable of the environment.
VARIABLE = re.compile(r"\{\{\s*\$([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class Strict(BaseModel):
    """What is not known here would be passed over in silence: it is refused."""

    model_config = ConfigDict(extra="forbid")


class Schedule(CronSchedule):
    """When a deployment runs: as Prefect has it, by cron alone."""

    model_config = ConfigDict(extra="forbid")

    timezone: str = "UTC"
    active: bool = True


class Limit(Strict):
    """How many runs of a deployment go on at once, and what becomes of one too many."""

    limit: int
    collision_strategy: Literal["ENQUEUE", "CANCEL_NEW"]


class Deployment(Strict):
    """A flow with its schedule and its settings. ``work_pool`` is for Prefect's own command; nothing here looks at it."""

    name: str
    entrypoint: str
    description: str = ""
    tags: list[str] = []
    schedules: list[Schedule] = []
    concurrency_limit: Limit | None = None
    parameters: dict[str, Any] = {}
    work_pool: dict[str, Any] = {}


def read_deployments(path: str, only: list[str]) -> list[Deployment]:
    """All deployments of the file, or ``only`` these, their variables filled in; raises FixTheRun with one line."""
    entries = _entries(path)
    names = [str(entry.get("name")) for entry in entries]
    if unknown := sorted(set(only) - set(names)):
        raise FixTheRun(f"{path}: there is no deployment {unknown[0]!r}, there are {', '.join(names)}")
    found = [_checked(path, entry) for entry in entries if not only or entry.get("name") in only]
    if not found:
        raise FixTheRun(f"{path} has no deployments")
    return found


def _entries(path: str) -> list[dict[str, Any]]:
    try:
        described = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FixTheRun(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    except yaml.YAMLError as error:
        raise FixTheRun(f"{path} is no YAML: {' '.join(str(error).split())}") from None
    entries = described.get("deployments") if isinstance(described, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise FixTheRun(f"{path} has no list `deployments`; infra/prefect.yaml shows the form")
    return entries


def _checked(path: str, entry: dict[str, Any]) -> Deployment:
    where = f"{path}: {entry.get('name', 'a deployment without a name')}"
    try:
        deployment = Deployment.model_validate(_filled(entry, where))
        _check_parameters(deployment)
    except ValidationError as error:
        raise FixTheRun(f"{where}: {_line(error.errors()[0])}") from None
    except FixTheRun as error:
        raise FixTheRun(str(error) if str(error).startswith(where) else f"{where}: {error}") from None
    return deployment


def _filled(value: Any, where: str) -> Any:
    """The value with what stands in the environment in place of every {{ $NAME }}."""
    if isinstance(value, dict):
        return {key: _filled(inner, where) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, where) for inner in value]
    if not isinstance(value, str):
        return value
    if missing := [name for name in VARIABLE.findall(value) if not os.environ.get(name)]:
        raise FixTheRun(f"{where} needs {missing[0]} in the environment: export {missing[0]}=...")
    return VARIABLE.sub(lambda found: os.environ[found[1]], value)


def _check_parameters(deployment: Deployment) -> None:
    """See that a run would accept its settings; what a form still asks for may be missing where there is no schedule."""
    module, _, name = deployment.entrypoint.rpartition(".")
    try:
        flow = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise FixTheRun(f"there is no flow {deployment.entrypoint}: {error}") from None
    hints = {name: kind for name, kind in get_type_hints(flow.fn).items() if name != "return"}
    if unknown := sorted(deployment.parameters.keys() - hints):
        raise FixTheRun(f"{deployment.entrypoint} has no parameter {unknown[0]!r}, it has {', '.join(hints)}")
    for parameter, kind in hints.items():
        try:
            _check_order(TypeAdapter(kind).validate_python(deployment.parameters.get(parameter, {})))
        except ValidationError as error:
            wrong = [each for each in error.errors() if deployment.schedules or each["type"] != "missing"]
            if wrong:
                raise FixTheRun(_line(wrong[0])) from None


def _check_order(order: Any) -> None:
    if isinstance(order, HowToPress):
        order.recipe()
    if isinstance(order, CollectOrder):
        read_sources(order.sources)


def _line(error: ErrorDetails) -> str:
    place = ".".join(str(step) for step in error["loc"])
    return f"{place}: {error['msg'].removeprefix('Value error, ')}"
