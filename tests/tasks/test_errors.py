"""Errors of libraries in a line for people."""

import pytest

from tasks.errors import first_line


@pytest.mark.parametrize(
    ("error", "line"),
    [(OSError("no\nwith more"), "no"), (OSError(), "OSError"), (ValueError("\nlate"), "ValueError")],
)
def test_an_error_is_told_in_its_first_line_or_by_its_kind(error, line):
    assert first_line(error) == line
