"""A visit of the doctor, and what it told."""

import json

from flows.cli import main
from tests.flows.command_line import run


class Doctor:
    """Findings of one visit by area and subject, its exit code, and all that it printed."""

    def __init__(self, capsys, *arguments: object) -> None:
        """In this process; in one of its own where ``capsys`` is None, for Prefect reads its settings only once."""
        if capsys:
            self.exit_code = main(["doctor", *(str(argument) for argument in arguments), "--json"])
            out, err = capsys.readouterr()
        else:
            done = run("doctor", *arguments, "--json")
            self.exit_code, out, err = done.returncode, done.stdout, done.stderr
        self.output = out + err
        self.told = json.loads(out)
        self.findings = {(one["area"], one["subject"]): one for one in self.told["findings"]}

    def verdict(self, area: str, subject: str) -> str:
        return self.findings[area, subject]["verdict"]

    def says(self, area: str, subject: str) -> str:
        found = [one for one in self.told["findings"] if (one["area"], one["subject"]) == (area, subject)]
        return " | ".join(f"{one['verdict']} {one['found']}: {one['advice']}" for one in found)

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [place for place, one in self.findings.items() if one["verdict"] == "FAIL"]
