"""The command: lines, JSON, exit codes, and what is left behind."""

from flows.cli import main
from tests.flows.checks.conftest import fresh  # noqa: F401
from tests.flows.doctor_visit import Doctor

PLANTED = "planted-secret-5d0c"


def test_a_folder_is_looked_at_and_left_as_it_was(tmp_path, capsys):
    found = Doctor(capsys, tmp_path / "new" / "corpus")
    assert found.exit_code == 0, found.output
    assert {subject for area, subject in found.findings if area == "store"} == {"address", "write", "create", "listing", "clock"}
    assert "is not set" in found.says("prefect", "server")
    assert found.told["left_out"] == ["--cluster", "--sources"]
    assert Doctor(capsys, f"file://{tmp_path}/new").exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_lines_are_for_people(tmp_path, capsys):
    assert main(["doctor", "/dev/null/corpus"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert all(line.split()[0] in {"ok", "warn", "FAIL"} for line in lines[:-1])
    assert [line for line in lines if line.startswith("FAIL  store    write ")]
    assert lines[-1].endswith("1 problems; not looked at, for want of --cluster, --sources")


def test_a_secret_is_never_repeated_wherever_it_stands(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", PLANTED)
    found = Doctor(capsys, tmp_path / PLANTED)
    assert PLANTED not in found.output
    assert f"{tmp_path}/***" in found.says("store", "address")


def test_a_class_of_clusters_that_wants_the_main_thread_is_found(tmp_path, monkeypatch, capsys):
    """As that of dask-jobqueue, which handles signals."""
    module = "import signal\nsignal.signal(signal.SIGUSR2, signal.SIG_DFL)\nfrom distributed import LocalCluster as Signalled\n"
    (tmp_path / "signalling_cluster.py").write_text(module)
    (tmp_path / "cluster.yaml").write_text("class: signalling_cluster.Signalled\nworkers: 2\n")
    (tmp_path / "broken_cluster.py").write_text("raise RuntimeError\n")
    (tmp_path / "broken.yaml").write_text("class: broken_cluster.Any\nworkers: 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "2 workers" in Doctor(capsys, "--cluster", tmp_path / "cluster.yaml").says("cluster", "scheduler")
    assert "RuntimeError" in Doctor(capsys, "--cluster", tmp_path / "broken.yaml").says("cluster", "scheduler")


def test_a_file_of_sources(tmp_path, capsys):
    file = tmp_path / "sources.toml"
    file.write_text(
        '[agent]\nname = "examplebot"\ncontact = "https://example.org/bot"\n[[site]]\nname = "A"\nhome = "https://a.example/"\n'
    )
    assert "1 sites, visited as examplebot" in Doctor(capsys, "--sources", file).says("sources", "file")
    file.write_text(file.read_text().replace("contact", "contract"))
    found = Doctor(capsys, "--sources", file)
    assert found.problems == [("sources", "file")]
    assert "agent.contact" in found.says("sources", "file")
