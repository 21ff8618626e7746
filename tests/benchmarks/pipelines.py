"""Whole pipelines on one archive: articles a CPU second with everything counted, start-up and child processes too."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tasks.components import component_names
from tests.benchmarks.peers import PEER_PYTHON, ROOT, Row

CHILD = Path(__file__).with_name("pipeline_child.py")
DATATROVE_PYTHON = ROOT / ".venv-datatrove/bin/python"
HEAD = ("pipeline", "articles", "CPU s", "articles / CPU s", "wall s", "peak MB")
TIMES = 2


def pipelines() -> Iterator[tuple[str, str]]:
    """Name and Python of each pipeline that is installed."""
    for name in component_names("extractors"):
        yield f"pressrun:{name}", sys.executable
    yield "FastWARC and trafilatura", str(PEER_PYTHON) if PEER_PYTHON.exists() else sys.executable
    if DATATROVE_PYTHON.exists():
        yield "datatrove", str(DATATROVE_PYTHON)


def run(name: str, python: str, archive: Path, folder: Path) -> tuple[int, float, float, float]:
    """Articles, CPU seconds, wall seconds and peak megabytes of one run, all its processes counted."""
    folder.mkdir(parents=True)
    began = os.times().elapsed
    with subprocess.Popen(
        [python, CHILD, name, archive, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        printed = child.stdout.read().split()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{name} ended with {child.returncode}: run {python} {CHILD} {name} {archive} {folder} to see why")
    return int(printed[-2]), used.ru_utime + used.ru_stime, os.times().elapsed - began, float(printed[-1])


def compare_pipelines(archive: Path, folder: Path) -> list[Row]:
    """The table, its head first: each pipeline twice, by turns, and the lesser CPU time."""
    every = list(pipelines())
    runs: dict[str, list[tuple[int, float, float, float]]] = {name: [] for name, _ in every}
    for turn in range(TIMES):
        for number, (name, python) in enumerate(every if turn % 2 == 0 else every[::-1]):
            runs[name].append(run(name, python, archive, folder / f"{turn}-{number}"))
    rows: list[Row] = [HEAD]
    for name, found in runs.items():
        articles, cpu, wall, peak = min(found, key=lambda each: each[1])
        shown = f"**{name.replace(':', ' ')}**" if name.startswith("pressrun:") else name
        rows.append((shown, str(articles), f"{cpu:.1f}", f"{articles / cpu:.1f}", f"{wall:.1f}", f"{peak:.0f}"))
    return rows
