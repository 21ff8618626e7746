"""What a failed run says last."""

import pytest

from flows.exits import with_again


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("its worker was lost", "its worker was lost; start the same command again"),
        ("make room, and start the same command again", "make room, and start the same command again"),
    ],
)
def test_what_to_do_is_said_once(why, told):
    assert with_again(why) == told
