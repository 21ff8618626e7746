"""Packages of this machine."""

from importlib.metadata import requires

from flows.checks.machine import misfits
from tests.flows.doctor_visit import Doctor


def test_the_impostor_of_urllib3_is_found(tmp_path, monkeypatch, capsys):
    planted = tmp_path / "urllib3_future-2.12.dist-info"
    planted.mkdir()
    (planted / "METADATA").write_text("Metadata-Version: 2.1\nName: urllib3-future\nVersion: 2.12\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = Doctor(capsys)
    assert "FAIL urllib3-future is installed" in found.says("machine", "packages")
    assert found.exit_code == 1


def test_packages_out_of_their_bounds_are_named():
    found = list(misfits(["pyarrow<1", "not-there-9d1>=2", "numpy>=2", 'pytest<1; extra == "dev"']))
    assert [one.found.split()[0] for one in found] == ["pyarrow", "not-there-9d1"]
    assert "'pyarrow<1'" in found[0].advice
    assert list(misfits(requires("pressrun") or [])) == []
