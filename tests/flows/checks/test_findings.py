"""No check stops another, whatever becomes of it."""

import threading

from flows.checks.findings import Check, fail, look_at_all, ok

PLANTED = "planted-secret-5d0c"


def test_no_check_keeps_the_others_from_running():
    def breaks():
        yield ok("so far")
        raise KeyError(PLANTED)

    checks = [
        Check("a", "hangs", lambda: [threading.Event().wait()], seconds=0.05),  # type: ignore[list-item]
        Check("a", "breaks", breaks),
        Check("a", "gate", lambda: [fail("shut")], is_gate=True),
        Check("a", "behind", lambda: [ok("never told")]),
        Check("b", "other", lambda: [ok("told")]),
    ]
    found = list(look_at_all(checks))
    assert [(one.subject, one.verdict) for one in found] == [
        ("hangs", "FAIL"),
        ("breaks", "ok"),
        ("breaks", "FAIL"),
        ("gate", "FAIL"),
        ("other", "ok"),
    ]
    assert "within 0.05 s" in found[0].found
    assert PLANTED not in str(found)
