"""Invented articles: the same for the same site and number, all different, long enough for an extractor."""

import json
import random
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape

SECTIONS = ("town", "harbour", "sport", "culture", "markets")
PEOPLE = ("Mayor Ilse Brandt", "harbour master Tom Okafor", "teacher Nadia Lind", "baker Pavel Moreau", "engineer Ruth Castell",
          "coach Amir Solberg", "librarian Greta Olsen", "farmer Hugo Vance", "nurse Selma Ortiz", "captain Bea Lorentz")  # fmt: skip
VERBS = ("opened", "praised", "postponed", "inspected", "defended", "questioned", "repaired", "presented", "measured", "sold")
THINGS = ("the new footbridge", "a plan for cheaper tickets", "the old grain store", "a budget of four million crowns",
          "the winter timetable", "a collection of glass boats", "the flood wall", "the school kitchen", "a fleet of night buses",
          "the market hall roof")  # fmt: skip
PLACES = ("in Alderby", "on the north quay", "near the Ostermill", "behind the town hall", "at the Lindholm ferry", "in the upper valley",
          "beside the canal lock", "on Cooper Street")  # fmt: skip
TIMES = ("on Monday morning", "after a long night", "before the council met", "for the third time this year", "in spite of heavy rain",
         "to the surprise of neighbours", "while hundreds watched", "as the last ferry left")  # fmt: skip
REASONS = ("because the ice had come early", "although nobody had asked for it", "so that children can walk to school",
           "after two winters of complaints", "since prices had doubled", "which cost less than feared")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a site. ``path`` depends on the site and the number alone."""

    site: int
    number: int
    path: str
    title: str
    section: str
    published_at: datetime


def write_article(site: int, number: int, published_at: datetime) -> Article:
    """The article of that number."""
    chance = random.Random(f"title {site} {number}")
    person, verb, thing = chance.choice(PEOPLE), chance.choice(VERBS), chance.choice(THINGS)
    title = f"{person[0].upper()}{person[1:]} {verb} {thing}"
    slug = title.lower().replace(" ", "-")
    section = chance.choice(SECTIONS)
    return Article(site, number, f"/{section}/{slug}-{number}.html", title, section, published_at)


@lru_cache(maxsize=8192)
def paragraphs(site: int, number: int) -> tuple[str, ...]:
    """The text of an article, 5 to 9 paragraphs."""
    chance = random.Random(f"text {site} {number}")
    first = f"This is report {number} of the newsroom with the number {site}. {_sentence(chance)}"
    return first, *(" ".join(_sentence(chance) for _ in range(chance.randint(3, 5))) for _ in range(chance.randint(4, 8)))


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(each) for each in (PEOPLE, VERBS, THINGS, PLACES, TIMES, REASONS)]
    text = " ".join(words) + f", and {chance.randint(3, 980)} people signed the list."
    return text[0].upper() + text[1:]


def article_html(article: Article, url: str) -> str:
    """The page; how it tells its date changes with the number: JSON-LD, a meta element, a time element, or plain words."""
    body = "\n".join(f"<p>{escape(each)}</p>" for each in paragraphs(article.site, article.number))
    in_head, in_text = _date(article)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(article.title)} - Newsroom {article.site}</title>
<link rel="canonical" href="{url}"><meta name="description" content="{escape(article.title)}">{in_head}</head>
<body><header><nav><a href="/">Front page</a> {" ".join(f'<a href="/{each}/">{each}</a>' for each in SECTIONS)}</nav></header>
<main><article><h1>{escape(article.title)}</h1><p class="byline">By the newsroom {in_text}</p>
{body}
</article></main><footer><p>Newsroom {article.site}, all rights reserved. <a href="/about.html">About us</a></p></footer></body></html>
"""


def _date(article: Article) -> tuple[str, str]:
    when = article.published_at.isoformat(timespec="seconds")
    words = article.published_at.strftime("%d %B %Y")
    facts = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": article.title, "datePublished": when}
    return (
        (f'<script type="application/ld+json">{json.dumps(facts)}</script>', ""),
        (f'<meta property="article:published_time" content="{when}">', ""),
        ("", f'<time datetime="{when}">{words}</time>'),
        ("", f"<span>{words}</span>"),
    )[article.number % 4]


def home_html(site: int, entries: list[tuple[str, str]]) -> str:
    """A front page that names its feeds and links to its articles: pairs of URL and title."""
    links = "\n".join(f'<li><a href="{escape(url)}">{escape(title)}</a></li>' for url, title in entries)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Newsroom {site}</title>
<link rel="alternate" type="application/rss+xml" href="/rss.xml"><link rel="alternate" type="application/atom+xml" href="/atom.xml">
<link rel="alternate" type="application/feed+json" href="/feed.json"></head>
<body><h1>Newsroom {site}</h1><ul>
{links}
</ul><p><a href="/about.html">About us</a> <a href="/private/drafts.html">Drafts</a></p></body></html>
"""
