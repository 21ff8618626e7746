"""Alarms as Prefect has them: automations, compared with what the server knows and changed where they differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from prefect.automations import Automation
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.actions import CallWebhook, DoNothing, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.types import SecretDict
from pydantic import SecretStr, ValidationError

from flows.alarms import Alarm
from tasks.errors import FixTheRun

# By this an automation is known as one of ours.
PREFIX = "pressrun: "
WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Means:
    """How alarms are told: the block TYPE/NAME, and the address to keep in it, empty: the block is somebody else's."""

    block: str
    must_be_there: bool
    url: str
    is_dry: bool


def apply_alarms(api: str, alarms: Sequence[Alarm], means: Means) -> Iterator[str]:
    """Make the server's automations equal to these alarms; gives a line for each. Raises FixTheRun before any change."""
    with temporary_settings(updates={PREFECT_API_URL: api}), get_client(sync_client=True) as client:
        block_id = _block_id(client, means)
        wanted = {f"{PREFIX}{alarm.name}": _automation(alarm, means.block, block_id) for alarm in alarms}
        if means.url:
            yield f"{'would keep' if means.is_dry else 'kept'} the address of the webhook in the block {means.block}"
        elif not block_id:
            yield f"there is no block {means.block!r}: alarms show in the event feed of the UI only; --webhook-from makes one"
        yield from _changes(client, wanted, is_dry=means.is_dry)


def _changes(client: SyncPrefectClient, wanted: dict[str, AutomationCore], *, is_dry: bool) -> Iterator[str]:
    known: dict[str, Automation] = {}
    for found in _ours(client):
        if found.name in wanted and found.name not in known:
            known[found.name] = found
            continue
        yield f"{'would remove' if is_dry else 'removed'}  {found.name}"
        if not is_dry:
            client.delete_automation(found.id)
    for name, automation in wanted.items():
        before = known.get(name)
        if before is None:
            yield f"{'would make' if is_dry else 'made'}  {name}"
            if not is_dry:
                client.create_automation(automation)
        elif _facts(before) != _facts(automation):
            yield f"{'would change' if is_dry else 'changed'}  {name}"
            if not is_dry:
                # What somebody switched off in the UI stays off.
                client.update_automation(cast(UUID, before.id), automation.model_copy(update={"enabled": before.enabled}))
        else:
            yield f"unchanged  {name}"


def _ours(client: SyncPrefectClient) -> list[Any]:
    """All automations whose name says that they are ours, in pages as the server gives them."""
    found: list[Any] = []
    while True:
        answer = client.request("POST", "/automations/filter", json={"limit": 200, "offset": len(found), "sort": "NAME_ASC"})
        page = Automation.model_validate_list(answer.json())
        found += page
        if len(page) < 200:
            return [each for each in found if each.name.startswith(PREFIX)]


def _facts(automation: AutomationCore) -> dict[str, Any]:
    facts = automation.model_dump(mode="json", include={"description", "trigger", "actions"})
    facts["trigger"].pop("id", None)
    return {
        **facts,
        "trigger": {key: sorted(value) if isinstance(value, list) else value for key, value in facts["trigger"].items()},
    }


def _automation(alarm: Alarm, block: str, block_id: UUID | None) -> AutomationCore:
    if unknown := sorted(alarm.trigger.keys() - EventTrigger.model_fields.keys()):
        raise FixTheRun(f"alarm {alarm.name!r}: an event trigger has no {unknown[0]!r}")
    try:
        return AutomationCore.model_validate(
            {
                "name": f"{PREFIX}{alarm.name}",
                "description": alarm.description,
                "trigger": EventTrigger.model_validate({"posture": "Reactive", **alarm.trigger}),
                "actions": [*alarm.actions, _telling(alarm, block, block_id).model_dump()],
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise FixTheRun(f"alarm {alarm.name!r}: {'.'.join(str(step) for step in first['loc'])}: {first['msg']}") from None


def _telling(alarm: Alarm, block: str, block_id: UUID | None) -> CallWebhook | SendNotification | DoNothing:
    if block_id is None:
        return DoNothing()
    if block.startswith(f"{WEBHOOK}/"):
        text = f"{{% set text %}}{alarm.subject}\n{alarm.body}{{% endset %}}"
        return CallWebhook(block_document_id=block_id, payload=f'{text}{{"text": {{{{ text | tojson }}}}}}')
    return SendNotification(block_document_id=block_id, subject=alarm.subject, body=alarm.body)


def _block_id(client: SyncPrefectClient, means: Means) -> UUID | None:
    """The id of the block, made or renewed where its address is given."""
    kind, sign, name = means.block.partition("/")
    if not means.block:
        return None
    if not (kind and sign and name):
        raise FixTheRun(f"block {means.block!r} is not of the form TYPE/NAME, e.g. slack-webhook/news-desk")
    if means.url and not means.is_dry:
        headers = SecretDict({"Content-Type": "application/json"})
        return UUID(str(Webhook(url=SecretStr(means.url), headers=headers).save(name, overwrite=True)))
    try:
        return client.read_block_document_by_name(name, kind).id
    except ObjectNotFound:
        if means.must_be_there:
            raise FixTheRun(f"there is no block {means.block}: make it in the Prefect UI under Blocks") from None
        return None
