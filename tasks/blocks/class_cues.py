"""What the class and id of an element hint at: a bit for each kind of word that news sites use."""

import re
from functools import lru_cache
from itertools import pairwise

# One pattern a bit, for a part of a name ("article" and "body" in "article__body"). The order is the model's: a new pattern
# goes to the end, and the model is trained anew.
PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:article|story|entry|post|content|news)(?:body|text|content)|richtext|wysiwyg|prose",
        r"article|story|^post$|entry|artikel|noticia|news",
        r"content|main|body|text|copy|detail",
        r"paragraph|absatz|^p$|parrafo|^par$|^txt$|parr",
        r"comment|disqus|coment|kommentar|respond|reply|discussion|livefyre|forum|community",
        (
            r"related|recommend|more|similar|also|further|relacion|verwandt|lire|teaser|card|promo|outbrain|taboola|trending|"
            r"popular|^most|latest|recirc|onward|weiter|mehr"
        ),
        r"share|social|follow|facebook|twitter|whatsapp|tweet|like",
        r"newsletter|subscri|signup|^abo$|paywall|premium|regist|login|piano|offer",
        r"caption|credit|photo|image|media|gallery|figure|img|bild|foto|video|player|slide|picture|copyright",
        r"author|byline|autor|writer|contributor|profile|^bio$|reporter|redakt",
        r"date|time|published|meta|info|stamp",
        r"nav|menu|crumb|topbar|toolbar|skip|tabs|pagination|pager|sitemap",
        r"foot|legal|copyright|cookie|consent|gdpr|privacy|disclaimer|imprint",
        r"head|title|kicker|hero|ueberschrift",
        (
            r"summary|lead|intro|^dek$|standfirst|subtitle|subhead|excerpt|chapo|sapo|vorspann|abstract|description|perex|ingress|"
            r"entradilla|bajada|sottotitolo|occhiello|anriss|lede"
        ),
        r"side|rail|widget|right|left|column|secondary|complementary|box|fact|module",
        r"^ads?$|advert|sponsor|banner|anzeige|werbung|publi|dfp|commercial|native|affiliate",
        r"^tags?$|topic|keyword|categor|label|themen|rubri",
        r"hidden|hide|visually|screen|invisible|print|none|collapse|modal|popup|overlay|tooltip|dropdown|^sr$",
        r"quote|pull|zitat|cite|embed|instagram|tweet",
        r"live|ticker|timeline|feed|stream|list|item|grid|row",
        r"note|correction|editor|update|source|quelle|disclosure|tagline|agency",
        r"table|score|result|stats|stock|weather|market|calendar|event|poll|quiz|survey",
    )
)
ANY_PATTERN = re.compile("|".join(pattern.pattern for pattern in PATTERNS))
OF_ARTICLE = frozenset("article story entry post news content body main rich".split())
OF_TEXT = frozenset("body text content copy main detail".split())
MAIN, BESIDE, HIDDEN, ARTICLE_BODY = (1 << (len(PATTERNS) + bit) for bit in range(4))
CUE_COUNT = len(PATTERNS) + 4
ROLE_CUES = {"article": MAIN, "main": MAIN} | dict.fromkeys(
    ("navigation", "complementary", "contentinfo", "banner", "search"), BESIDE
)
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
MAX_LABEL_CHARS = 300


@lru_cache(maxsize=50_000)
def _cues_of_part(part: str) -> int:
    if not ANY_PATTERN.search(part):
        return 0
    return sum(1 << bit for bit, pattern in enumerate(PATTERNS) if pattern.search(part))


@lru_cache(maxsize=50_000)
def _cues_of_name(name: str) -> int:
    parts = [part.lower() for part in PART.findall(name)]
    cues = 0
    for part in parts:
        cues |= _cues_of_part(part)
    is_body = any(first in OF_ARTICLE and second in OF_TEXT for first, second in pairwise(parts))
    return cues | 1 if is_body else cues


@lru_cache(maxsize=10_000)
def cues_of(label: str) -> int:
    """Bits for the classes and the id of an element; names come again and again, within a site and between sites."""
    cues = 0
    for name in label[:MAX_LABEL_CHARS].split():
        cues |= _cues_of_name(name)
    return cues
