"""The report flow: a corpus, or one of its runs, as a page on the store, and its sums in the Prefect UI."""

import logging

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact
from pydantic import Field

from flows.due import due_at
from flows.settings import Form
from tasks.report.making import Report, make_report
from tasks.storage import open_store, short_name

log = logging.getLogger(__name__)


class ReportOrder(Form):
    """Which corpus, and which of its runs."""

    into: str = Field(description="Root of the corpus: a folder or s3://bucket/prefix", examples=["s3://bucket/corpus"])
    run: str = Field(default="", description="Id of one run, or its beginning, or latest; empty: the whole corpus")


def _run_name() -> str:
    order = ReportOrder.model_validate(runtime.flow_run.parameters["order"])
    return f"report {short_name(order.into)} {due_at():%Y-%m-%d}"


@flow(name="report", flow_run_name=_run_name, persist_result=False)
def report(order: ReportOrder) -> str:
    """Count and draw a corpus or a run; gives the place of the page."""
    made = make_report(open_store(order.into), order.run)
    create_markdown_artifact("\n".join(report_lines(made)), key="report", description="The report, and what it tells in short")
    log.info("the report is at %s", made.place)
    return made.place


def report_lines(made: Report) -> list[str]:
    """The artifact: the sums, what wants a look, and where the page is."""
    facts = made.facts
    counts, copies = facts.counts, facts.copies.removable
    sums = f"**{counts.captures:,}** captures read = **{counts.articles:,}** articles + **{counts.rejected:,}** rejections"
    amiss = (
        (len(facts.failed), "failed"),
        (len(facts.faults), "odd or damaged"),
        (len(facts.collected.notes), "sources to look at"),
    )
    return [
        sums,
        "",
        f"{len(facts.rows.hosts):,} hosts, {len(facts.rows.languages):,} languages, {copies:,} exact copies",
        "",
        *(f"- {number:,} {what}" for number, what in amiss if number),
        "",
        f"Report: {made.link}",
    ]
