"""`pressrun alarms`: a file of alarms, made into automations of the Prefect server."""

import argparse
import os
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.exits import DONE
from flows.server import find_server
from tasks.errors import FixTheRun

FILE = "infra/alarms.yaml"
OWN_BLOCK = "webhook/pressrun-alarms"


class Strict(BaseModel):
    """A misspelt name is refused."""

    model_config = ConfigDict(extra="forbid")


class Alarm(Strict):
    """What sets it off, in Prefect's words, and what is said then; ``actions`` are taken whoever listens."""

    name: str
    description: str = ""
    trigger: dict[str, Any]
    subject: str
    body: str
    actions: list[dict[str, Any]] = []


class AlarmsFile(Strict):
    """Alarms, and the block that tells of them, TYPE/NAME; empty: they show in the event feed only."""

    block: str = ""
    alarms: list[Alarm] = Field(min_length=1)


def add_alarms(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command `alarms`."""
    command = commands.add_parser("alarms", help="make the alarms of a file into automations of the Prefect server")
    command.add_argument("file", nargs="?", default=FILE, metavar="FILE", help=f"alarms (default: {FILE})")
    command.add_argument("--webhook-block", metavar="TYPE/NAME", help="the block to tell through, in place of the file's")
    command.add_argument(
        "--webhook-from", metavar="VARIABLE", help=f"variable with the address of a webhook, to be kept in the block {OWN_BLOCK}"
    )
    command.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    command.set_defaults(run=_run)


def read_alarms(path: str) -> AlarmsFile:
    """The file, checked; raises FixTheRun with one line."""
    try:
        return AlarmsFile.model_validate(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise FixTheRun(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    except yaml.YAMLError as error:
        raise FixTheRun(f"{path} is no YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise FixTheRun(f"{path}: {'.'.join(str(step) for step in first['loc'])}: {first['msg']}") from None


def _run(options: argparse.Namespace) -> int:
    if options.webhook_block and options.webhook_from:
        raise FixTheRun(f"--webhook-from makes the block {OWN_BLOCK}: leave out --webhook-block")
    described = read_alarms(options.file)
    url = _webhook_url(options.webhook_from) if options.webhook_from else ""
    api = find_server()
    from flows.automations import Means, apply_alarms  # noqa: PLC0415  (Prefect wants its settings in the environment first)

    block = options.webhook_block or (OWN_BLOCK if url else described.block)
    means = Means(block, must_be_there=bool(options.webhook_block), url=url, is_dry=options.dry_run)
    for line in apply_alarms(api, described.alarms, means):
        print(line, flush=True)
    return DONE


def _webhook_url(variable: str) -> str:
    """The address in the environment; no message ever holds it."""
    url = os.environ.get(variable, "")
    if not url.startswith(("https://", "http://")):
        raise FixTheRun(f"{variable} in the environment has to hold the address of a webhook, https://...")
    return url
