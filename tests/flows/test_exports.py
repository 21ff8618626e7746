"""`pressrun export` and `pressrun editions`: what is written, what is said, what is refused."""

import pytest

from flows.cli import main
from flows.exits import DONE, FIX_THE_RUN
from tasks.storage import open_store
from tests.editions import add_shard, article
from tests.tasks.made_editions import make_edition


def run(capsys, *arguments: object) -> tuple[int, list[str], str]:
    """Exit code, lines and complaints of the command."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as ended:
        code = ended.code
    told = capsys.readouterr()
    return code, told.out.splitlines(), told.err


@pytest.fixture
def corpus(tmp_path):
    store = open_store(str(tmp_path / "corpus"))
    make_edition(store, "winter", 60, finished_at="2025-04-01T10:20:30+00:00")
    make_edition(store, "autumn", 30)
    return tmp_path / "corpus"


def test_the_newest_edition_is_exported_with_a_line_for_each_file(corpus, tmp_path, capsys):
    code, lines, _ = run(capsys, "export", "jsonl", corpus, "--out", tmp_path / "out")
    assert code == DONE
    assert lines[0] == "counting the articles of winter ..."
    assert lines[1].startswith("1 of 3: articles/2024-11-00000.jsonl.zst, 47 articles, ")
    assert lines[-1] == f"60 articles of the edition winter in 4 files, 0.0 MB: {tmp_path / 'out'}"
    code, lines, _ = run(capsys, "export", "jsonl", corpus, "--out", tmp_path / "out")
    assert lines == [f"was there already: 60 articles of the edition winter in 4 files, 0.0 MB: {tmp_path / 'out'}"]


def test_an_edition_by_name_and_some_of_its_articles(corpus, tmp_path, capsys):
    chosen = ("--edition", "autumn", "--originals", "--language", "de", "--language", "en", "--columns", "fineweb")
    code, lines, _ = run(capsys, "export", "huggingface", corpus, *chosen, "--out", tmp_path / "out")
    assert code == DONE
    assert lines[-1].startswith("16 articles of the edition autumn in 2 files")
    assert (tmp_path / "out" / "data" / "train-00000-of-00001.parquet").is_file()
    card = (tmp_path / "out" / "README.md").read_text()
    assert "pressrun export huggingface ROOT --edition autumn --columns fineweb --language de --language en --originals" in card


def test_editions_are_listed_the_newest_last(corpus, tmp_path, capsys):
    code, lines, _ = run(capsys, "editions", corpus)
    assert code == DONE
    assert [line.split()[:5] for line in lines] == [
        ["autumn", "2025-03-01", "12:30", "30", "articles"],
        ["winter", "2025-04-01", "10:20", "60", "articles"],
    ]
    assert all(line.endswith(f"{corpus}/curated/{name}") for line, name in zip(lines, ("autumn", "winter"), strict=True))
    assert " 12 copies " in lines[1]
    add_shard(open_store(str(tmp_path / "new")), "a", [article(0)])
    assert run(capsys, "editions", tmp_path / "new")[:2] == (DONE, ["no edition yet: `pressrun curate` makes one"])
    code, _, errors = run(capsys, "editions", tmp_path / "nowhere")
    assert (code, errors) == (FIX_THE_RUN, f"pressrun: there is no corpus at {tmp_path}/nowhere\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("export", "jsonl", "{}/nowhere", "--out", "{}/out"), "has no edition yet"),
        (("export", "jsonl", "{}/corpus", "--edition", "summer", "--out", "{}/out"), "there is autumn, winter"),
        (("export", "jsonl", "{}/corpus", "--language", "xx", "--out", "{}/out"), "no article of the edition winter is chosen"),
        (("export", "jsonl", "{}/corpus", "--out", "{}/corpus"), "and no export: name an empty place"),
        (("export", "jsonl", "{}/corpus", "--file-mb", "0", "--out", "{}/out"), "must be between 1 and 4,000"),
        (("export", "jsonl", "{}/corpus", "--out", "https://www.example.org/out"), "cannot be written to"),
        (("export", "csv", "{}/corpus", "--out", "{}/out"), "invalid choice: 'csv'"),
    ],
)
def test_what_is_refused_is_one_line_and_writes_nothing(corpus, tmp_path, capsys, arguments, says):
    code, _, err = run(capsys, *(text.format(tmp_path) for text in arguments))
    assert code == FIX_THE_RUN
    assert says in err
    assert not (tmp_path / "out").exists()
