"""The options of a run: every field of the order is one of the same name, its help is the field's own description."""

import argparse
from typing import Literal, TypeVar, get_args, get_origin

from pydantic.fields import FieldInfo

from flows.edition_order import CurateOrder
from flows.parameters import BackfillOrder, CollectOrder
from flows.settings import DEFAULT
from tasks.recipe import Recipe

PLACEHOLDERS = {
    "since": "DAY",
    "until": "DAY",
    "published_since": "DAY",
    "hosts": "FILE",
    "only_hosts": "FILE",
    "name": "NAME",
    "overrules": "FILE",
}
# Fields whose option has another form than --field X.
OWN_FORM = {"archives", "sources", "into", "text_format", "filters", "columns"}

AnyOrder = TypeVar("AnyOrder", BackfillOrder, CollectOrder, CurateOrder)


def order_of(options: argparse.Namespace, kind: type[AnyOrder]) -> AnyOrder:
    """The order that the given options make; raises pydantic's ValidationError."""
    given = {name: value for name, value in vars(options).items() if name in kind.model_fields and value is not None}
    return kind(**given)


def recipe_of(text: str) -> Recipe:
    """A recipe out of one word: an extractor, and settings of the order or filters as name=value, joined by commas.

    Raises pydantic's ValidationError and FixTheRun.
    """
    settings: dict[str, str] = {}
    filters = dict(DEFAULT.filters)
    for part in text.split(","):
        name, sign, value = part.partition("=")
        if not sign:
            settings["extractor"] = name
        elif name.replace("-", "_") in BackfillOrder.model_fields:
            settings[name.replace("-", "_")] = value
        else:
            filters[name] = value
    chosen = [f"{name}={option}" for name, option in filters.items()]
    return BackfillOrder(archives=["-"], into="-", filters=chosen, **settings).recipe()  # type: ignore[arg-type]


def add_backfill_order(command: argparse.ArgumentParser) -> None:
    """Give a command all fields of a backfill."""
    fields = BackfillOrder.model_fields
    command.add_argument("archives", nargs="+", metavar="ARCHIVES", help=fields["archives"].description)
    _add_order(command, BackfillOrder)
    command.add_argument("--column", dest="columns", action="append", metavar="FIELD=COLUMN", help=fields["columns"].description)


def add_collect_order(command: argparse.ArgumentParser) -> None:
    """Give a command all fields of a run of collect."""
    command.add_argument("sources", metavar="SOURCES.toml", help=CollectOrder.model_fields["sources"].description)
    _add_order(command, CollectOrder)


def _add_order(command: argparse.ArgumentParser, kind: type[BackfillOrder] | type[CollectOrder]) -> None:
    fields = kind.model_fields
    command.add_argument("--into", required=True, metavar="ROOT", help=fields["into"].description)
    for name in fields:
        if name not in OWN_FORM:
            add_field(command, name, fields[name])
    command.add_argument(
        "--format", dest="text_format", choices=("text", "markdown"), help=f"{fields['text_format'].description} (default: text)"
    )
    command.add_argument("--filter", dest="filters", action="append", metavar="NAME=OPTION", help="Filter for texts, repeatable")
    command.add_argument("--no-filter", dest="filters", action="store_const", const=[], help="Keep every text, however short")


def add_field(command: argparse.ArgumentParser, name: str, field: FieldInfo) -> None:
    """Give a command the option of a field: --field X, or of one that is true or false --field."""
    flag = f"--{name.replace('_', '-')}"
    if field.annotation is bool:
        command.add_argument(flag, action="store_true", default=None, help=field.description)
        return
    default = "" if field.default in (None, "") else f" (default: {field.default})"
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else None
    metavar = None if choices else PLACEHOLDERS.get(name, "X")
    command.add_argument(flag, choices=choices, metavar=metavar, help=f"{field.description}{default}")
