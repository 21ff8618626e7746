"""The golden pages become what they became; a change of the output is a new revision, so that finished shards are pressed anew."""

import json

from tests.golden.outcomes import EXPECTED, outcomes


def test_the_output_is_that_of_this_revision():
    expected, found = json.loads(EXPECTED.read_text()), outcomes()
    assert found["outcomes"] == expected["outcomes"], "a wanted change? raise tasks.recipe.REVISION, run `python -m tests.golden`"
    assert found["revision"] == expected["revision"]
