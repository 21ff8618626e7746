"""What plain HTML says: headings, times, links, the language of the root."""

from collections import defaultdict

from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.marks import Marks, inner_text

MAX_HEADINGS = 20


def read_markup(marks: Marks) -> Evidence:
    """Read title, h1, time, link and html; bylines and links to topics cost a search and are read apart."""
    headings = tuple(text for h1 in marks["h1"][:MAX_HEADINGS] if (text := clean_text(inner_text(h1))))
    page_titles = tuple(text for title in marks["title"][:1] if (text := clean_text(inner_text(title))))
    links = _links(marks)
    root = marks["html"][0] if marks["html"] else None
    language = (root.get("lang") or root.get("xml:lang") or "") if root is not None else ""
    return Evidence(
        source="html",
        titles=headings[:1],
        window_titles=page_titles,
        published=tuple(_time_texts(marks)),
        canonical_urls=tuple(links["canonical"]),
        image_urls=tuple(links["image_src"]),
        languages=(language,) if language else (),
        licences=tuple(links["license"]),
    )


def _links(marks: Marks) -> dict[str, list[str]]:
    """Addresses by relation."""
    links: dict[str, list[str]] = defaultdict(list)
    for link in marks["link"]:
        relations, address = link.get("rel"), link.get("href")
        for relation in set(relations.lower().split()) if relations and address else ():
            links[relation].append(address.strip())
    return links


def _time_texts(marks: Marks) -> list[str]:
    """Times of publication first (``pubdate``, a telling class), then the first of the page; related lists come later."""
    times = marks["time"][:50]
    telling = [t for t in times if t.get("pubdate") is not None or "publi" in (t.get("class") or "").lower()]
    changed = [t for t in times if any(word in (t.get("class") or "").lower() for word in ("updat", "modif"))]
    chosen = telling[:1] + [t for t in times if t not in changed][:1]
    return [clean_text((t.get("datetime") or inner_text(t))[:200]) for t in chosen]
