"""What plain HTML says: headings, times, links, the language of the root."""

from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.marks import Marks, inner_text

MAX_HEADINGS = 20


def read_markup(marks: Marks) -> Evidence:
    """Read title, h1, time, link and html; bylines and links to topics cost a search and are read apart."""
    headings = tuple(text for h1 in marks["h1"][:MAX_HEADINGS] if (text := clean_text(inner_text(h1))))
    page_titles = tuple(text for title in marks["title"][:1] if (text := clean_text(inner_text(title))))
    root = marks["html"][0] if marks["html"] else None
    language = (root.get("lang") or root.get("xml:lang") or "") if root is not None else ""
    return Evidence(
        source="html",
        titles=headings[:1],
        window_titles=page_titles,
        published=tuple(_time_texts(marks)),
        canonical_urls=_links(marks, "canonical"),
        image_urls=_links(marks, "image_src"),
        languages=(language,) if language else (),
        licences=_links(marks, "license"),
    )


def _links(marks: Marks, relation: str) -> tuple[str, ...]:
    links = (link for link in marks["link"] if relation in (link.get("rel") or "").lower().split())
    return tuple(address.strip() for link in links if (address := link.get("href")))


def _time_texts(marks: Marks) -> list[str]:
    """Times of publication first (``pubdate``, a telling class), then the first of the page; related lists come later."""
    times = marks["time"][:50]
    telling = [t for t in times if t.get("pubdate") is not None or "publi" in (t.get("class") or "").lower()]
    changed = [t for t in times if any(word in (t.get("class") or "").lower() for word in ("updat", "modif"))]
    chosen = telling[:1] + [t for t in times if t not in changed][:1]
    return [clean_text((t.get("datetime") or inner_text(t))[:200]) for t in chosen]
