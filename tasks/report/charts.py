"""Charts as small inline SVG: bars across and columns over time. Text stays HTML, so that it never shrinks."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import floor, log10
from typing import LiteralString

from markupsafe import Markup

MOST_CHARACTERS, MOST_CHARACTERS_OF_LABELS = 240, 60
# What turns the reading direction, hides itself or ends a line; half a surrogate pair, which no page can hold.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its label, parts (a colour's name and a number each), and a few words below the label."""

    label: str
    parts: tuple[tuple[str, float], ...]
    note: str = ""

    @property
    def total(self) -> float:
        """All parts."""
        return sum(number for _, number in self.parts)


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one colour, one for each column."""

    name: str
    colour: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Scale:
    """How columns are read: what their labels are, how a number is told, and the scale's end, 0: as the numbers want it."""

    labels: str
    tell: Callable[[float], str]
    top: float = 0.0


def told(value: object, most: int = MOST_CHARACTERS) -> str:
    """Foreign text as a page may show it: in one line, cut, without what cannot be seen."""
    text = " ".join(str(value)[: 8 * most].split())
    text = UNSEEN.sub("\ufffd", text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def fill(template: LiteralString, *values: object) -> Markup:
    """Our own markup with values in its places, escaped where they are not markup themselves."""
    return Markup(template).format(*values)  # noqa: S704  (templates are written here, never read)


def joined(pieces: Iterable[Markup]) -> Markup:
    """Markup, one piece after the other."""
    return Markup("").join(pieces)


def number(value: float) -> str:
    """A number for people: whole, or with as many digits as tell something."""
    if value >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def share(part: float, whole: float) -> str:
    """A share for people; small ones are not rounded to nothing."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "<0.1%"
    return f"{percent:.0f}%" if percent in {0, 100} else f"{min(percent, 99.9):.1f}%"


def bars(rows: Sequence[Bar], whole: float | None = None) -> Markup:
    """Bars across, the longest as wide as there is room; with ``whole`` each row's share of it."""
    longest = max((row.total for row in rows), default=0) or 1
    lines = (_bar(row, longest, whole) for row in rows)
    kind = "bars" if whole else "bars plain"
    return fill('<table class="{}"><tbody>{}</tbody></table>', kind, joined(lines))


def _bar(row: Bar, longest: float, whole: float | None) -> Markup:
    drawn, x = Markup(""), 0.0
    for colour, value in row.parts:
        width = 100 * value / longest
        drawn += fill('<rect class="{}" x="{:.2f}" width="{:.2f}" height="10"/>', colour, x, width)
        x += width
    numbers = " + ".join(number(value) for _, value in row.parts)
    cells = fill('<td class="n">{}</td>', numbers)
    if whole:
        cells += fill('<td class="s">{}</td>', share(row.total, whole))
    note = fill("<small>{}</small>", told(row.note)) if row.note else ""
    label = told(row.label, MOST_CHARACTERS_OF_LABELS)
    head = fill('<tr><th scope="row"><bdi>{}</bdi>{}</th>', label, note)
    svg = '<td class="b"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><title>{}</title>{}</svg></td>'
    return head + fill(svg, f"{label}: {numbers}", drawn) + cells + Markup("</tr>")


def columns(labels: Sequence[str], series: Sequence[Series], scale: Scale) -> Markup:
    """Columns side by side, series upon each other; the numbers follow as a table."""
    totals = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    scale = scale if scale.top else replace(scale, top=nice_top(max(totals, default=0)))
    groups = joined(_column(place, labels[place], series, scale) for place in range(len(labels)))
    lines = fill('<path class="grid" d="M0 0H{0}M0 50H{0}M0 100H{0}"/>', len(labels))
    svg = '<svg viewBox="0 0 {} 100" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>'
    drawn = fill(svg, len(labels), f"{scale.labels} {labels[0]} to {labels[-1]}", lines, groups)
    heights = joined(fill("<span>{}</span>", scale.tell(value)) for value in (scale.top, scale.top / 2, 0))
    ticks = joined(fill("<span>{}</span>", label) for label in _ticks(labels))
    plot = fill('<div class="plot"><div class="y">{}</div>{}<div class="x">{}</div></div>', heights, drawn, ticks)
    return plot + _legend(series) + _numbers(labels, series, scale)


def _column(place: int, label: str, series: Sequence[Series], scale: Scale) -> Markup:
    words = ", ".join(f"{scale.tell(one.values[place])} {one.name}" for one in series)
    drawn, y = Markup(""), 100.0
    for one in series:
        if height := 100 * one.values[place] / scale.top:
            # What is there is seen, be it ever so little.
            y -= max(height, 0.7)
            rect = '<rect class="{}" x="{}" y="{:.1f}" width=".8" height="{:.1f}"/>'
            drawn += fill(rect, one.colour, f"{place + 0.1:.1f}", max(y, 0), max(height, 0.7))
    # The whole height answers to the pointer.
    return fill('<g><title>{}: {}</title><path class="hit" d="M{} 0h1v100h-1z"/>{}</g>', label, words, place, drawn)


def _ticks(labels: Sequence[str]) -> list[str]:
    last = len(labels) - 1
    places = sorted({round(last * quarter / 4) for quarter in range(5)})
    return [labels[place] for place in places]


def _legend(series: Sequence[Series]) -> Markup:
    if len(series) < 2:
        return Markup("")
    mark = '<span><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{}" width="10" height="10"/></svg>{}</span>'
    return fill('<p class="legend">{}</p>', joined(fill(mark, one.colour, one.name) for one in series))


def _numbers(labels: Sequence[str], series: Sequence[Series], scale: Scale) -> Markup:
    head = joined(fill('<th scope="col">{}</th>', one.name) for one in series)
    rows = joined(
        fill(
            '<tr><th scope="row">{}</th>{}</tr>',
            label,
            joined(fill("<td>{}</td>", scale.tell(one.values[place])) for one in series),
        )
        for place, label in enumerate(labels)
    )
    table = fill('<table class="numbers"><thead><tr><th scope="col">{}</th>{}</tr></thead>{}</table>', scale.labels, head, rows)
    return fill("<details><summary>The numbers</summary>{}</details>", table)


def nice_top(most: float) -> float:
    """The end of a scale: 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten, so that half of it is short to write, too."""
    if most <= 0:
        return 1.0
    power = 10.0 ** floor(log10(most))
    return float(next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10, 20) if step * power >= most * 0.999))
