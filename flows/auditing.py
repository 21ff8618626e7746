"""The audit as a flow: the proof that every capture has exactly one outcome, where people look every morning."""

from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.due import due_at
from flows.parameters import AuditOrder
from flows.terminal import audit_lines
from tasks.audit import AuditReport
from tasks.audit import audit as prove
from tasks.errors import BrokenShard
from tasks.storage import open_store, short_name

MOST_FAULTS_SHOWN = 500


def _run_name() -> str:
    order = AuditOrder.model_validate(runtime.flow_run.parameters["order"])
    return f"audit {short_name(order.into)}{' deep' if order.deep else ''} {due_at():%Y-%m-%d}"


@flow(name="audit", flow_run_name=_run_name, persist_result=False)
def audit(order: AuditOrder) -> AuditReport:
    """Prove from what lies on the store that captures read = articles + rejections; fail where it does not hold."""
    report = prove(open_store(order.into), order.deep)
    _publish(order.into, report)
    if not report.closes:
        raise BrokenShard(f"{len(report.faults)} faults in {order.into}, the first: {report.faults[0]}")
    return report


def _publish(root: str, report: AuditReport) -> None:
    """Leave the verdict and the faults as artifacts."""
    *lines, verdict = [line for line in audit_lines(report) if not line.startswith("FAULT ")]
    text = [f"**{verdict}**", "", f"Corpus: `{root}`", "", *(f"- {line}" for line in lines)]
    create_markdown_artifact("\n".join(text), key="audit", description="Whether every capture has exactly one outcome")
    if report.faults:
        rows = [{"fault": fault} for fault in report.faults[:MOST_FAULTS_SHOWN]]
        create_table_artifact(rows, key="faults", description=f"{len(report.faults)} faults; what is named is to be pressed anew")
