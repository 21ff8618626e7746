"""`python -m tests.benchmarks.site_lines`: lines that sites repeat, on made-up sites, around real texts, and what it costs."""

import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from tasks.components import load_component
from tasks.metadata.merge import read_facts
from tasks.site_lines.cutting import cut_text
from tasks.site_lines.folding import hash64
from tasks.site_lines.furniture import furniture
from tasks.site_lines.marks import mark_line
from tasks.site_lines.overrules import Overrules
from tasks.site_lines.rows import line_rows
from tasks.urls import domain_of
from tests.quality.pages import COLLECTIONS, collection, page_tree, read_pages
from tests.quality.text_metrics import add_found, find_segments, mean_score, score_text
from tests.tasks.site_lines.bodies import PARTS, VOICES
from tests.tasks.site_lines.latecomers import LATE_PARTS, LATECOMERS
from tests.tasks.site_lines.newcomers import NEW_PARTS, NEWCOMERS
from tests.tasks.site_lines.scoring import NO_COPIES, Score, as_raw, as_read, score_site
from tests.tasks.site_lines.sites import ARTICLE, NEITHER, SITE, TEMPLATES, Page, articles, make_site
from tests.tasks.site_lines.strangers import STRANGE_PARTS, STRANGE_VOICES, STRANGERS

SIZES = (20, 100, 1_000)
ALL_VOICES = VOICES | STRANGE_VOICES
MANY_ROWS = 1_000_000


def made_sites() -> Iterator[str]:
    """Every template at every size, as raw text and as our reader of plain text leaves it."""
    groups = (
        ("templates", TEMPLATES, PARTS),
        ("strangers", STRANGERS, PARTS | STRANGE_PARTS),
        ("newcomers", NEWCOMERS, PARTS | NEW_PARTS),
        ("latecomers", LATECOMERS, PARTS | LATE_PARTS),
    )
    for name, templates, parts in groups:
        for read in (as_raw, as_read):
            total = Score()
            for template, voice in templates.items():
                for size in SIZES:
                    score = score_site(make_site(template, size, parts=parts, voice=ALL_VOICES[voice]), read)
                    total.add(score)
                    yield f"{template.__name__:<10} {size:>5} pages {read.__name__:<8} {told(score)}"
            yield f"{name:<10}       all   {read.__name__:<8} {told(total)}"
            yield f"    left {total.left.most_common(12)}\n    lost {total.lost.most_common(12)}"


def told(score: Score) -> str:
    """One site in numbers."""
    left = score.there[SITE] - score.cut[SITE]
    per_10_000 = 10_000 * score.cut[ARTICLE] / max(1, score.there[ARTICLE])
    return (
        f"site's lines {score.there[SITE]:>6}, left {left:>5}; article's {score.there[ARTICLE]:>6}, lost {score.cut[ARTICLE]:>4} "
        f"({per_10_000:.1f} in 10,000); titles and bylines {score.there[NEITHER]:>5}, cut {score.cut[NEITHER]:>4}"
    )


@cache
def real_texts() -> list[tuple[str, dict[str, Any], str | None, str]]:
    """Collection, page, title and text by the balanced extractor, of all real pages."""
    extractor, found = load_component("extractors", "balanced"), []
    for name in COLLECTIONS:
        for page in read_pages(collection(name)):
            tree = page_tree(page)
            facts = read_facts(tree, page["url"], None)
            known = {key: value for key, value in page.items() if key != "html_base64"}
            found.append((name, known, facts.title, extractor.extract(tree, facts, wants_markdown=False).text))
    return found


def around_real_texts() -> Iterator[str]:
    """Made-up furniture around the lines of real pages: bodies as people write them. What of them is lost, by rule."""
    bodies = [text.split("\n") for *_, text in real_texts() if text]
    for size in (20, 100, len(bodies)):
        total = Score()
        for template, voice in (TEMPLATES | STRANGERS | NEWCOMERS).items():
            for start in range(0, len(bodies) - size + 1, size):
                made = make_site(template, size, parts={}, voice=ALL_VOICES[voice], seed=start)
                total.add(score_site([with_body(page, bodies[start + page.number]) for page in made]))
        rules = Counter[str]()
        for line, times in total.lost.items():
            rules[line.partition(":")[0]] += times
        yield f"real texts {size:>5} pages a site {told(total)}; by rule {dict(sorted(rules.items()))}"
        yield f"    but captions {[each for each in total.lost.most_common(40) if not each[0].startswith('caption')][:12]}"


def with_body(page: Page, body: list[str]) -> Page:
    """The page with another body between its head and its tail."""
    ours = [index for index, (_, label) in enumerate(page.lines) if label == ARTICLE]
    head, tail = page.lines[: ours[0]], page.lines[ours[-1] + 1 :]
    return replace(page, lines=(*head, *((line, ARTICLE) for line in body if line.strip()), *tail))


def by_host() -> Iterator[str]:
    """F1 of real pages with and without cutting; equal texts of a site are one page."""
    found = real_texts()
    domains = [domain_of(page["url"]) or f"page-{number}" for number, (_, page, _, _) in enumerate(found)]
    hosts = Counter(Counter(domains).values())
    yield f"real pages {len(found)}; sites by pages {dict(sorted(hosts.items()))}"
    first: dict[str, int] = {}
    copies = [(node, first[text]) for node, (*_, text) in enumerate(found) if first.setdefault(text, node) != node]
    stories = pa.table({name: pa.array([pair[i] for pair in copies], pa.uint64()) for i, name in enumerate(("node", "story"))})
    rows = line_rows(as_table(domains))
    cuts: dict[int, dict[int, str]] = defaultdict(dict)
    for cut in furniture(rows, stories, Overrules()).to_pylist():
        cuts[cut["node"]][cut["at"]] = cut["rule"]
    lines = sum(bool(line.strip()) for *_, text in found for line in text.split("\n"))
    kept = sum(mark & 3 == 0 for mark in rows.column("marks").to_pylist())
    yield f"lines {lines}, of them rows {kept} ({kept / lines:.0%}), rows an article {rows.num_rows / len(found):.1f}, cut {sum(map(len, cuts.values()))}"
    yield f"F1 whole {scores({})}\nF1 cut   {scores(cuts)}"


def as_table(domains: list[str]) -> pa.Table:
    found = real_texts()
    columns = {"title": [title for _, _, title, _ in found], "text": [text for *_, text in found]}
    return pa.table(
        {"node": pa.array(range(len(found)), pa.uint64()), "domain": domains, "month": pa.nulls(len(found), pa.string()), **columns}
    )


def scores(cuts: Mapping[int, Mapping[int, str]]) -> dict[str, float]:
    """By collection."""
    texts = [(name, page, cut_text(text, cuts.get(node, {}))[0]) for node, (name, page, _, text) in enumerate(real_texts())]
    whole = {c: mean_score(score_text(text, page["text"]) for name, page, text in texts if name == c).f1 for c in COLLECTIONS[:2]}
    segments = ((text, page["segments_with"], page["segments_without"]) for name, page, text in texts if name == COLLECTIONS[2])
    return {
        name: round(score, 5)
        for name, score in (whole | {COLLECTIONS[2]: add_found(find_segments(*one) for one in segments).f1}).items()
    }


def costs() -> Iterator[str]:
    """CPU an article of the first step, and of the second for a million rows: many sites, then one."""
    news = [text for name, _, _, text in real_texts() if name != COLLECTIONS[2]]
    for label, texts in (("news pages", news), ("all real pages", [text for *_, text in real_texts()])):
        pages = make_site(next(iter(TEMPLATES)), len(texts), parts={})
        # Not as if the pages had been seen before.
        mark_line.cache_clear()
        hash64.cache_clear()
        spent = seconds(lambda pages=pages, texts=texts: line_rows(articles(pages, texts)))
        yield f"line_rows on {label}: {1000 * spent / len(texts):.2f} ms an article of {sum(map(len, texts)) / len(texts):,.0f} characters"
    made = pa.concat_tables([line_rows(articles(make_site(template, 1_000))) for template in TEMPLATES])
    for label, is_one in (("many sites", False), ("one site", True)):
        rows = many_rows(made, is_one=is_one)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        spent = seconds(lambda rows=rows: furniture(rows, NO_COPIES, Overrules()))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        yield f"furniture, {rows.num_rows:,} rows of {rows.nbytes / rows.num_rows:.0f} bytes, {label}: {spent:.2f} CPU s, {grown:.0f} MB more at its peak"


def many_rows(made: pa.Table, *, is_one: bool) -> pa.Table:
    """A million rows out of a few, with other nodes each time: other sites, or lines of their own in one."""
    times = MANY_ROWS // made.num_rows + 1
    salt = np.repeat(np.arange(times, dtype=np.uint64), made.num_rows) << np.uint64(40)
    columns = {name: np.tile(made.column(name).to_numpy(), times) for name in made.column_names}
    columns["node"] = columns["node"] ^ columns["site"] ^ salt
    _, inverse, counts = np.unique(columns["line"], return_inverse=True, return_counts=True)
    is_rare = counts[inverse] <= 3 * times
    columns["line"] = np.where(is_rare, columns["line"] ^ salt, columns["line"])
    columns["site"] = np.zeros_like(salt) if is_one else columns["site"] ^ salt
    return pa.table(columns, schema=made.schema)


def seconds(work: Any) -> float:
    """CPU of this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


def main() -> None:
    """Print a line a measure."""
    for part in (made_sites, by_host, around_real_texts, costs):
        if part is made_sites or collection(COLLECTIONS[0]).exists():
            for line in part():
                print(line, flush=True)


if __name__ == "__main__":
    main()
