"""The README's commands, run as they stand there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """What a newcomer has: the demo archive, and the installed command on the path."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "tests" / "demo", folder / "tests" / "demo")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
    return folder


def test_the_commands_of_the_first_five_minutes(clone, prefect_server):
    first, *rest = blocks("sh")
    assert first.strip() == "make demo"
    second = "\n".join(rest)
    environ = {**os.environ, **prefect_server.environ}
    done = subprocess.run(["sh", "-e", "-x", "-c", second], cwd=clone, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 captures read = 5 articles + 7 rejections: the sum closes" in done.stdout
    assert "Maren Holt" in done.stdout
    assert "5 articles read = 5 kept + 0 set aside" in done.stdout
    assert "5 articles of the edition main" in done.stdout


def test_the_corpus_is_read_as_the_readme_says(clone):
    python, *_ = blocks("python")
    done = subprocess.run([sys.executable, "-c", python], cwd=clone, capture_output=True, text=True, check=False)
    assert done.stdout == "5 timestamp[us, tz=UTC]\n", done.stderr


def test_every_path_that_the_documents_name_is_there():
    for document in ("README.md", "infra/README.md", "CHANGELOG.md"):
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / document).read_text())
        assert [link for link in links if not (ROOT / Path(document).parent / link).exists()] == []
    assert re.findall(r"^make \w+$", README, re.MULTILINE) == ["make demo"]
    made = (ROOT / "Makefile").read_text()
    assert all(re.search(rf"^{target}:", made, re.MULTILINE) for target in re.findall(r"`make (\w+)`", README))
