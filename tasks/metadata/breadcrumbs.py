"""The trail from the front page to the article (schema.org BreadcrumbList), and the section on it."""

from tasks.metadata.json_nodes import Node, text_of, types_of, values_of
from tasks.metadata.titles import letters_of, site_keys

MAX_CRUMBS = 10
MAX_SECTION_CHARS = 60
# What sites call their front page.
HOME = {
    "home", "homepage", "start", "startseite", "accueil", "inicio", "portada", "início", "strona główna", "hem", "hjem", "forside",
    "главная", "головна", "etusivu", "úvod", "domů", "anasayfa", "ana sayfa", "beranda", "홈", "ホーム", "首页", "トップ",
}  # fmt: skip


def read_breadcrumbs(nodes: list[Node]) -> tuple[str, ...]:
    """Names on the first trail of the page, from the front page on."""
    trail = next((node for node in nodes if "BreadcrumbList" in types_of(node)), {})
    crumbs = [crumb for crumb in values_of([trail], "itemListElement")[:MAX_CRUMBS] if isinstance(crumb, dict)]
    return tuple(name for crumb in crumbs if (name := text_of(crumb) if crumb.get("name") else text_of(crumb.get("item"))))


def section_of(trail: tuple[str, ...], title: str | None, site_names: tuple[str, ...], url: str) -> str | None:
    """The first step that is neither the front page nor the article itself."""
    strangers = site_keys(site_names, url) | {letters_of(name) for name in (*HOME, title or "")}
    steps = (name for name in trail if letters_of(name.removeprefix("www.")) not in strangers)
    return next((name for name in steps if len(name) <= MAX_SECTION_CHARS and "://" not in name), None)
