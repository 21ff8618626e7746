import sys
from pathlib import Path

from tests.benchmarks.__main__ import markdown
from tests.benchmarks.peers import COLLECTIONS, HEAD, compare, contender_names
from tests.benchmarks.pipelines import run

DEMO = Path(__file__).parents[1] / "demo" / "demo.warc.gz"
SENTENCES = [
    f"On day {day} of the storm the harbour master kept the old bridge closed, and {day + 3} boats stayed in." for day in range(9)
]


def test_ours_come_first_and_trafilatura_is_always_there() -> None:
    names = contender_names()
    assert names[0].startswith("pressrun:")
    assert "trafilatura" in names


def test_a_row_an_extractor() -> None:
    html = f"<html><body><article>{''.join(f'<p>{sentence}</p>' for sentence in SENTENCES)}</article></body></html>"
    gold = {"text": "\n".join(SENTENCES), "segments_with": ["harbour master"], "segments_without": ["cookies"]}
    page = {"html": html, "url": "https://made.example/1", **gold}
    rows = compare({name: [page] for name in COLLECTIONS}, ["pressrun:trafilatura", "pressrun:trafilatura"])
    assert [len(row) for row in rows] == [len(HEAD)] * 2
    assert rows[0][:2] == ("**pressrun trafilatura**", "1.0000")
    assert rows[0][-1] == "0"
    assert markdown([HEAD, *rows]).count("\n") == 4


def test_a_whole_pipeline(tmp_path: Path) -> None:
    articles, cpu_seconds, wall_seconds, peak_megabytes = run("pressrun:trafilatura", sys.executable, DEMO, tmp_path / "run")
    assert articles == 5
    assert min(cpu_seconds, wall_seconds, peak_megabytes) > 0
