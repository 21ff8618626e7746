"""The completeness calendar: every day in its place, with its state, in words as well."""

import re
from datetime import date, timedelta

from tasks.report.facts import Calendar, Day
from tasks.report.months import MOST_MONTHS, calendar_plot, month

DONE, PART, TODO, FAILED, MISSING = Day(2, 2), Day(2, 1), Day(2), Day(2, 1, 1), Day(missing="<the archives>")


def test_a_month_has_its_days_under_their_weekdays():
    drawn = month(date(2024, 12, 1), {})
    places = [(int(x), int(y)) for x, y in re.findall(r'class="none" d="M(\d+) (\d+)h9', drawn)]
    assert len(places) == 31
    assert places[:2] == [(66, 0), (0, 11)]  # a Sunday at the end of its week, a Monday below


def test_days_tell_their_state_by_colour_sign_and_word():
    states = (DONE, PART, TODO, FAILED, MISSING)
    drawn = month(date(2024, 2, 1), {date(2024, 2, 10 + number): state for number, state in enumerate(states)})
    assert re.findall(r"<title>2024-02-1\d: (.*?)</title><path class=\"(\w+)\"", drawn) == [
        ("2 of 2 done", "done"),
        ("1 of 2 done", "part"),
        ("0 of 2 done", "todo"),
        ("1 of 2 done, 1 failed", "failed"),
        ("missing upstream: &lt;the archives&gt;", "missing"),
    ]
    assert (drawn.count('class="cross"'), drawn.count('class="dash"')) == (1, 1)


def test_ten_years_are_the_latest_months_and_all_numbers():
    days = {date(2014, 1, 1) + timedelta(days=number): PART if number % 7 == 0 else DONE for number in range(3_652)}
    caption, body, _ = calendar_plot(Calendar("ccnews", days, Day(3, 1), {"2013-12": "no list"}))
    assert caption.startswith("Archives by the day in their name: 6,783 of 7,307 done")
    assert "3 whose name tells no day" in caption
    assert f"the latest {MOST_MONTHS} of 120 months are drawn" in caption
    assert body.count("<figure>") == MOST_MONTHS
    assert "2014-01</th><td>57 of 62 done" in body
    assert "missing upstream: no list" in body
    assert "422 days: `pressrun calendar` lists them" in body
    assert len(body) < 160_000


def test_archives_without_a_day_are_said():
    caption, body, empty = calendar_plot(Calendar("pages", {}, Day(4, 4), {}))
    assert (caption, str(body)) == ("Archives by the day in their name: 4 of 4 done; 4 whose name tells no day", "")
    assert empty == "No archive of this backfill has a day in its name."
