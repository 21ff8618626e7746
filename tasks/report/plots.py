"""The plots of the page, each with its title and a caption that names its unit, or a word on why it is empty."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, pairwise

from markupsafe import Markup

from tasks.reasons import Reason
from tasks.report.binning import Bins, bins_for, rates
from tasks.report.charts import Bar, Scale, Series, bars, columns, number
from tasks.report.facts import WORD_EDGES, Days, Facts
from tasks.report.months import calendar_plot

MOST_HOSTS, MOST_KINDS = 25, 12
DAY = 86_400
# Fewer columns than this are a list, with room for their numbers.
LEAST_COLUMNS = 12
NOTHING = Markup("")
NO_ARTICLES = "There are no articles here."
WORD_CLASSES = (
    f"below {WORD_EDGES[0]:,}",
    *(f"{low:,} to {high - 1:,}" for low, high in pairwise(WORD_EDGES)),
    f"{WORD_EDGES[-1]:,} and more",
)
MEANINGS = {reason.value: reason.meaning for reason in Reason}


@dataclass(frozen=True, slots=True)
class Plot:
    """A part of the page. ``empty``: what is said in place of a body."""

    title: str
    caption: str = ""
    body: Markup = NOTHING
    empty: str = ""


def over_time(facts: Facts) -> list[Plot]:
    """What was published when, and what became of what was captured when."""
    rows = facts.rows
    published = _timeline(("articles", "articles", rows.published))
    undated = rows.articles - rows.published.total()
    captured = _timeline(("articles", "articles", rows.captured), ("rejections", "rejections", rows.rejected))
    plots = [
        Plot(
            f"Articles by {published.unit} of publication",
            f"Number of articles; {_dateless(undated)} date of publication{published.strays}",
            published.body,
            NO_ARTICLES if not rows.articles else "No article says when it was published.",
        ),
        Plot(
            f"Outcomes by {captured.unit} of capture",
            f"Number of captures; {_dateless(_undated_captures(facts))} date of capture{captured.strays}",
            captured.body,
            "No capture was read.",
        ),
    ]
    return [*plots, *_shares(captured.bins, facts)]


@dataclass(frozen=True, slots=True)
class _Timeline:
    bins: Bins | None
    unit: str
    body: Markup
    strays: str


def _timeline(*series: tuple[str, str, Days]) -> _Timeline:
    bins = bins_for(*(days for _, _, days in series))
    if bins is None:
        return _Timeline(None, "day", NOTHING, "")
    sums = [Series(name, colour, bins.sums(days)) for name, colour, days in series]
    strays = f", {number(bins.before)} are earlier" if bins.before else ""
    strays += f", {number(bins.after)} are later" if bins.after else ""
    if len(bins.starts) < LEAST_COLUMNS:
        found = [Bar(label, tuple((one.colour, one.values[n]) for one in sums)) for n, label in enumerate(bins.labels)]
        return _Timeline(bins, bins.unit, bars(found), strays)
    return _Timeline(bins, bins.unit, columns(bins.labels, sums, Scale(bins.unit, number)), strays)


def _dateless(dateless: int) -> str:
    return f"{number(dateless)} have no" if dateless else "all have a"


def _undated_captures(facts: Facts) -> int:
    rows = facts.rows
    return rows.articles + rows.rejections - rows.captured.total() - rows.rejected.total()


def _shares(bins: Bins | None, facts: Facts) -> list[Plot]:
    """How many of the captures became articles, over time, where there is enough time to tell."""
    if bins is None or len(bins.starts) < LEAST_COLUMNS:
        return []
    articles, rejected = bins.sums(facts.rows.captured), bins.sums(facts.rows.rejected)
    percents = [100 * one / (one + other) if one + other else 0.0 for one, other in zip(articles, rejected, strict=True)]
    scale = Scale(bins.unit, lambda value: f"{value:.0f}%", 100)
    drawn = columns(bins.labels, [Series("of the captures", "articles", percents)], scale)
    return [Plot(f"Share of captures that became articles, by {bins.unit} of capture", "Percent", drawn)]


def reasons(facts: Facts) -> list[Plot]:
    """Why captures were rejected."""
    counts = facts.counts
    found = [Bar(reason, (("rejections", value),), MEANINGS.get(reason, "")) for reason, value in _most(counts.rejections)]
    caption = "Captures, and their share of all captures"
    return [Plot("Rejections by reason", caption, _drawn(found, counts.captures), "Nothing was rejected.")]


def kinds(facts: Facts) -> list[list[Plot]]:
    """Languages, hosts, dates, lengths and copies: stacks of plots that stand side by side."""
    rows, whole = facts.rows, facts.rows.articles
    local = "local: as a clock of an unknown zone showed it"
    return [
        [
            Plot("Languages", "Articles, by the language found in the text", _kinds(rows.languages, whole), NO_ARTICLES),
            Plot("Where dates come from", "Articles, by where their date was found", _kinds(rows.date_sources, whole), NO_ARTICLES),
            Plot("How exact dates are", f"Articles; {local}", _kinds(rows.precisions, whole), NO_ARTICLES),
        ],
        [Plot("Hosts", _hosts_caption(rows.hosts), _kinds(rows.hosts, whole, MOST_HOSTS), NO_ARTICLES)],
        [Plot("Length", "Articles, by words of text", _drawn(_lengths(rows.words), whole), NO_ARTICLES)],
        [_copies(facts)],
    ]


def _copies(facts: Facts) -> Plot:
    copies, whole = facts.copies, facts.rows.articles
    caption = "Articles; every text stands once"
    if copies.texts:
        how = "; estimated from a share of the texts" if copies.is_estimate else ""
        caption = (
            f"Articles; {number(copies.texts)} texts stand more than once, the most frequent one {number(copies.most)} times{how}"
        )
    found = [
        Bar("texts, each once", (("articles", whole - copies.removable),)),
        Bar("copies of them", (("rejections", copies.removable),)),
    ]
    return Plot("Exact copies", caption, _drawn(found, whole), NO_ARTICLES)


def _most(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _drawn(found: list[Bar], whole: float) -> Markup:
    return bars(found, whole) if found and whole else NOTHING


def _kinds(counted: Counter[str], whole: int, most: int = MOST_KINDS) -> Markup:
    ordered = _most(counted)
    found = [Bar(name, (("articles", value),)) for name, value in ordered[:most]]
    if rest := ordered[most:]:
        found.append(Bar(f"{len(rest):,} others", (("rejections", sum(value for _, value in rest)),)))
    return _drawn(found, whole)


def _hosts_caption(hosts: Counter[str]) -> str:
    return f"Articles; the first {MOST_HOSTS} of {len(hosts):,} hosts" if len(hosts) > MOST_HOSTS else "Articles"


def _lengths(words: list[int]) -> list[Bar]:
    return [Bar(name, (("articles", value),)) for name, value in zip(WORD_CLASSES, words, strict=True)]


def median_length(words: list[int]) -> str:
    """The class of lengths in which the article in the middle lies."""
    if not any(words):
        return "none"
    passed = accumulate(words)
    return next(name for name, number in zip(WORD_CLASSES, passed, strict=True) if 2 * number >= sum(words))


def work_plots(facts: Facts) -> list[Plot]:
    """How fast the captures were pressed, and how much memory that took."""
    pressings = facts.work.pressings
    if not pressings:
        return [Plot("Throughput", empty="Nothing was pressed here, so that no throughput can be told.")]
    first, width, found = rates([(one.started, one.finished, one.captures) for one in pressings])
    per_second = sum(one.captures for one in pressings) / max(1.0, sum(one.finished - one.started for one in pressings))
    number_of = len(facts.work.workers)
    workers = (
        f"{number_of:,} worker process{'es' if number_of > 1 else ''}, {number(per_second)} captures/s in each while it pressed"
    )
    labels = [_moment(first + place * width, len(found) * width) for place in range(len(found))]
    begin = datetime.fromtimestamp(first, UTC)
    caption = f"Captures per second from {begin:%Y-%m-%d %H:%M} UTC on, a column every {_width(width)}; {workers}"
    plots = [Plot("Throughput", caption, _over_work(labels, "captures/s", found))]
    peaks = [0.0] * len(found)
    for one in pressings:
        place = min(len(found) - 1, int((one.finished - first) / width))
        peaks[place] = max(peaks[place], (one.peak_bytes or 0) / 1e6)
    if any(peaks):
        plots.append(Plot("Memory", "Peak memory of a worker with its page process, MB", _over_work(labels, "MB", peaks)))
    else:
        plots.append(Plot("Memory", empty="The receipts do not tell how much memory the work took."))
    return plots


def _over_work(labels: list[str], unit: str, found: list[float]) -> Markup:
    if len(found) < LEAST_COLUMNS:
        return bars([Bar(label, (("articles", value),)) for label, value in zip(labels, found, strict=True)])
    return columns(labels, [Series(unit, "articles", found)], Scale("from, UTC", number))


def _moment(seconds: float, span: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    if span > 60 * DAY:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%m-%d %H:%M}" if span > DAY / 2 else f"{moment:%H:%M}" if span > 3_600 else f"{moment:%H:%M:%S}"


def _width(seconds: float) -> str:
    for unit, length in (("days", DAY), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} seconds" if seconds > 1 else "second"


def calendars(facts: Facts) -> list[Plot]:
    """The completeness calendar of each backfill."""
    return [Plot(f"Calendar of the backfill {one.name}", *calendar_plot(one)) for one in facts.calendars]
