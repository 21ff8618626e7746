"""What a page asks of machines: robots meta tags and the TDM reservation."""

from collections.abc import Iterator

from tasks.metadata.meta_tags import Contents, pick

# Google's robots meta specification, DeviantArt's noai and noimageai; noai and its kin are honoured under any agent's name.
TOKENS = {"noai", "noimageai", "noarchive", "noindex", "nosnippet", "none", "max-snippet:0"}
AGENTS = ("robots", "googlebot", "googlebot-news", "bingbot", "google-extended", "gptbot", "ccbot", "ai")


def read_opt_outs(contents: Contents) -> tuple[str, ...]:
    """Signals such as ``meta:noai`` and ``tdm-reservation:1`` (W3C TDMRep), each once, in the order of the page."""
    found = [f"meta:{token}" for token in _robots_tokens(contents) if token in TOKENS]
    if "1" in pick(contents, ("tdm-reservation",)):
        found.append("tdm-reservation:1")
    return tuple(dict.fromkeys(found))


def _robots_tokens(contents: Contents) -> Iterator[str]:
    for content in pick(contents, AGENTS):
        for token in content.lower().split(","):
            yield "".join(token.split())
