"""The options of a backfill: every field of the order is one of the same name, its help is the field's own description."""

import argparse
from typing import Literal, get_args, get_origin

from flows.parameters import DEFAULT, BackfillOrder
from tasks.recipe import Recipe

PLACEHOLDERS = {"since": "DAY", "until": "DAY", "published_since": "DAY", "hosts": "FILE", "only_hosts": "FILE", "name": "NAME"}
# Fields whose option has another form than --field X.
OWN_FORM = {"archives", "into", "text_format", "filters", "columns"}


def order_of(options: argparse.Namespace) -> BackfillOrder:
    """The order that the given options make; raises pydantic's ValidationError."""
    given = {name: value for name, value in vars(options).items() if name in BackfillOrder.model_fields and value is not None}
    return BackfillOrder(**given)


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


def add_order(command: argparse.ArgumentParser) -> None:
    """Give a command all fields of the order."""
    fields = BackfillOrder.model_fields
    command.add_argument("archives", nargs="+", metavar="ARCHIVES", help=fields["archives"].description)
    command.add_argument("--into", required=True, metavar="ROOT", help=fields["into"].description)
    for name in fields:
        if name not in OWN_FORM:
            _add_field(command, name)
    command.add_argument(
        "--format", dest="text_format", choices=("text", "markdown"), help=f"{fields['text_format'].description} (default: text)"
    )
    command.add_argument("--column", dest="columns", action="append", metavar="FIELD=COLUMN", help=fields["columns"].description)
    command.add_argument("--filter", dest="filters", action="append", metavar="NAME=OPTION", help="Filter for texts, repeatable")
    command.add_argument("--no-filter", dest="filters", action="store_const", const=[], help="Keep every text, however short")


def _add_field(command: argparse.ArgumentParser, name: str) -> None:
    field, flag = BackfillOrder.model_fields[name], f"--{name.replace('_', '-')}"
    if field.annotation is bool:
        command.add_argument(flag, action="store_true", default=None, help=field.description)
        return
    default = "" if field.default in (None, "") else f" (default: {field.default})"
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else None
    metavar = None if choices else PLACEHOLDERS.get(name, "X")
    command.add_argument(flag, choices=choices, metavar=metavar, help=f"{field.description}{default}")
