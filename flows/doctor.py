"""`pressrun doctor`: looks at all that a run needs, and says what to do."""

import argparse
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict

from flows.checks.findings import FAIL, OK, WARN, Check, Finding, look_at_all, ok
from flows.exits import DONE, FAILED

EXAMPLES = """\
examples:
  pressrun doctor
  pressrun doctor s3://bucket/corpus
  pressrun doctor s3://bucket/corpus --cluster tcp://scheduler:8786 --sources sources.toml
  pressrun doctor s3://bucket/corpus --json | jq '.findings[] | select(.verdict != "ok")'

Each line is `ok`, `warn` (a run starts, and may suffer) or `FAIL` (no run starts, or none can be trusted), then what was
found and what to do. Nothing is changed but probe objects below ROOT/state/, which are deleted again. No secret is printed.
The Prefect server is the one that PREFECT_API_URL or Prefect's profile names; S3 takes the usual AWS_* variables.
exit codes: 0 no FAIL, 1 at least one
"""
SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSWORD|API_KEY|AUTH_STRING|CONNECTION_URL|PRIVATE")


def add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    style = argparse.RawDescriptionHelpFormatter
    about = "check versions, store, cluster, Prefect server, clocks and credentials, and say what to do"
    command = commands.add_parser("doctor", help=about, epilog=EXAMPLES, formatter_class=style)
    command.add_argument("root", nargs="?", metavar="ROOT", help="root of the corpus: a folder or s3://bucket/prefix")
    command.add_argument("--cluster", metavar="SPEC", help="as for runs: local, an address such as tcp://host:8786, or a file")
    command.add_argument("--sources", metavar="FILE", help="the file with the sources of collect")
    command.add_argument("--json", action="store_true", help="print one JSON object in place of lines")
    command.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    found = []
    with ExitStack() as ends:
        for finding in map(_without_secrets, look_at_all(_checks(options, ends))):
            found.append(finding)
            if not options.json:
                print(_line(finding), flush=True)
    asked = {"ROOT": options.root, "--cluster": options.cluster, "--sources": options.sources}
    left_out = [name for name, value in asked.items() if not value]
    if options.json:
        print(json.dumps({"counts": _counts(found), "left_out": left_out, "findings": [asdict(one) for one in found]}, indent=1))
    else:
        print(_summary(found, left_out))
    return FAILED if _counts(found)[FAIL] else DONE


def _checks(options: argparse.Namespace, ends: ExitStack) -> Iterator[Check]:
    """Lazily: what one area imports, the areas before it need not wait for."""
    from flows.checks.machine import machine_checks  # noqa: PLC0415
    from flows.checks.stores import StoreChecks  # noqa: PLC0415

    yield from machine_checks(options.root)
    store = StoreChecks(options.root) if options.root else None
    if store:
        ends.enter_context(store.without_traces())
        yield from store.checks()
    if options.sources:
        yield Check("sources", "file", lambda: _sources(options.sources))
    if options.cluster:
        from flows.checks.clusters import ClusterChecks  # noqa: PLC0415

        cluster = ClusterChecks(options.cluster, store)
        ends.enter_context(cluster.ends)
        yield from cluster.checks()
    from flows.checks.servers import ServerChecks  # noqa: PLC0415

    server = ServerChecks()
    ends.enter_context(server.ends)
    yield from server.checks()


def _sources(address: str) -> Iterable[Finding]:
    from flows.sources_file import read_sources  # noqa: PLC0415

    agenda = read_sources(address)
    yield ok(f"{address}: {len(agenda.sites)} sites, visited as {agenda.agent.user_agent}")


def _line(finding: Finding) -> str:
    told = f"{finding.found}: {finding.advice}" if finding.advice else finding.found
    return f"{finding.verdict:<5} {finding.area:<8} {finding.subject:<12} {told}"


def _summary(found: list[Finding], left_out: list[str]) -> str:
    counts = _counts(found)
    told = f"{counts[OK]} ok, {counts[WARN]} warnings, {counts[FAIL]} problems"
    return f"{told}; not looked at, for want of {', '.join(left_out)}" if left_out else told


def _counts(found: list[Finding]) -> dict[str, int]:
    return {verdict: sum(one.verdict == verdict for one in found) for verdict in (OK, WARN, FAIL)}


def _without_secrets(finding: Finding) -> Finding:
    """No check repeats a secret; should one do so all the same, it ends here."""
    secrets = [value for name, value in os.environ.items() if SECRET_NAME.search(name) and len(value) >= 6]
    texts = asdict(finding)
    for name in ("found", "advice"):
        for secret in secrets:
            texts[name] = texts[name].replace(secret, "***")
    return Finding(**texts)
