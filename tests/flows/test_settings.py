"""What all orders have in common: none of them takes an empty root, which would be the folder where one happens to be."""

import re

import pytest
from pydantic import ValidationError

from flows.cli import main
from flows.edition_order import CurateOrder
from flows.parameters import AuditOrder, BackfillOrder, CollectOrder
from flows.report import ReportOrder

ORDERS = {BackfillOrder: {"archives": ["a"]}, CollectOrder: {"sources": "a.toml"}, AuditOrder: {}, CurateOrder: {}, ReportOrder: {}}


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.__name__)
@pytest.mark.parametrize("root", ["", " ", "\t\n"])
def test_an_empty_root_is_refused_by_the_order_and_by_its_form(order, root):
    with pytest.raises(ValidationError, match="the root of the corpus is empty"):
        order(into=root, **ORDERS[order])
    assert not re.search(order.model_json_schema()["properties"]["into"]["pattern"], root)
    assert order(into=" a", **ORDERS[order]).into == " a"


@pytest.mark.parametrize(
    "arguments",
    [
        ["backfill", "a.warc.gz", "--into", ""],
        ["collect", "sources.toml", "--into", " "],
        *([name, ""] for name in ("audit", "status", "calendar", "backfills")),
        ["plan", "", "--into", "corpus"],
    ],
    ids=" ".join,
)
def test_the_commands_refuse_it_in_one_line_and_write_nothing(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "empty" in line
    assert not list(tmp_path.iterdir())
