"""Addresses: as they are fetched, as they are told apart, and the domain and lane that their fetching belongs to."""

import hashlib
import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

import idna
from tld import get_fld
from w3lib.url import canonicalize_url, safe_url_string

MAX_URL_CHARS = 2_048
# What is far longer need not be taken apart to be refused.
MAX_RAW_CHARS = 32_768
DEFAULT_PORTS = {"http": 80, "https": 443}
LANES = 64
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
SURROGATES = re.compile(r"[\ud800-\udfff]")
SLASHES = re.compile(r"/{2,}")
ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
# The most of addresses: nothing about them changes, and taking them apart costs ten times as much as to see that.
READY = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?\.){1,3}[a-z]{2,63}/[\w/.~%-]*(?:\?[\w/.~%=&+-]+)?", re.ASCII)
AUTHORITY_END = re.compile(r"[/?#\\]")
ASCII_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
# Resolvers read these as IPv4 addresses: 127.1, 0x7f000001, 2130706433.
NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")

# Parameters that tell where a reader came from. Each stands here because no page is chosen by it: courlan's list is not used, as it
# takes cid, uid, keyword, source and all that begins like them (gallery, reference) away, and with them articles.
TRACKER_PREFIXES = ("utm_", "at_", "mtm_", "hsa_", "itm_", "oly_", "vero_", "wt_", "guce_", "_hs", "pk_c", "pk_k")
TRACKERS = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid yclid ysclid igshid igsh li_fat_id irclickid rb_clickid epik ef_id
    s_kwcid s_cid mc_cid mc_eid mkt_tok _ga _gl __twitter_impression __s ref_src ref_url xtor ns_mchannel ns_source ns_campaign
    ns_linkname ns_fee ocid cmp cmpid icid ncid ito smid smtyp emc taid traffic_source soc_src soc_trk spm guccounter sara_ecid
    sara_ref pk_source pk_medium wickedid vgo_ee __hstc __hssc
    """.split()
)


def clean_url(url: str, base: str = "") -> str | None:
    """The absolute http or https address as it is fetched, joined to ``base``; None for what cannot be fetched."""
    cleaned = url if READY.fullmatch(url) else _fetchable(url, base)
    return cleaned if cleaned and len(cleaned) <= MAX_URL_CHARS else None


def why_refused(url: str) -> str:
    """Why an address that a person gave cannot be fetched, in a line that repeats no user, no password and no query."""
    if "@" not in url:
        return f"{url.partition('?')[0]!r} is no address such as https://example.org/rss"
    authority = AUTHORITY_END.split(url.rpartition("://")[2], maxsplit=1)[0]
    # Where there are more, or it stands later, who knows where a password ends.
    host = authority.partition("@")[2] if url.count("@") == 1 else ""
    return "an address takes no user or password" + (f" (one at {host} has them)" if host else ", and its host has no @")


def url_key(url: str) -> str:
    """What tells an address from others: the same for spellings of one page (http or https, trackers, order of parameters).

    It is never fetched. What cannot be fetched is its own key.
    """
    cleaned = _fetchable(url, "")
    if cleaned is None:
        return _tidy(url)
    parts = urlsplit(cleaned)
    # Both ports go: which of the two schemes it was is not kept.
    port = "" if parts.port in (None, *DEFAULT_PORTS.values()) else f":{parts.port}"
    host = (parts.hostname or "").rstrip(".")
    netloc = (f"[{host}]" if ":" in host else host) + port
    path = SLASHES.sub("/", parts.path)
    canonical, _, query = canonicalize_url(f"http://{netloc}{path}?{parts.query}").partition("?")
    kept = "&".join(pair for pair in query.split("&") if not _is_tracker(pair.partition("=")[0]))
    return SLASHES.sub("/", canonical).replace("http:/", "http://", 1) + (f"?{kept}" if kept else "")


def key_hash(key: str) -> int:
    """64 bits of a key, unsigned; the same on every machine and for ever."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def domain_of(url: str) -> str:
    """The registrable domain by the Public Suffix List; for addresses by number and hosts without a dot, host and port.

    Empty where no host can be read.
    """
    parts = _split(url.strip())
    if parts is None or parts.scheme not in DEFAULT_PORTS:
        return ""
    return _domain(parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])


def lane_of(domain: str) -> int:
    """The lane of a domain, 0 to 63; the same on every machine and for ever."""
    return key_hash(domain) % LANES


@lru_cache(maxsize=16_384)
def registrable(host: str) -> str:
    """The registrable domain of a host in lower case, without the list's private part; a host by number or without a dot itself."""
    if "." not in host or is_ip(host):
        return host
    domain = get_fld(f"http://{host}/", fail_silently=True, search_private=False)
    # Where no rule of the list matches, its prevailing rule is "*": the last two labels.
    return str(domain) if domain else ".".join(host.split(".")[-2:])


def is_ip(host: str) -> bool:
    """Whether a host is an IP address, IPv6 without its brackets."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


@lru_cache(maxsize=16_384)
def _domain(raw: str, port: int) -> str:
    host = (_host_name(raw) or "").rstrip(".")
    if ":" in host:
        # The same machine, which is to have one visitor.
        mapped = ipaddress.IPv6Address(host).ipv4_mapped
        return f"{mapped}:{port}" if mapped else f"[{host}]:{port}"
    return f"{host}:{port}" if host and ("." not in host or is_ip(host)) else registrable(host)


def _fetchable(url: str, base: str) -> str | None:
    text = _tidy(url)
    if not text.partition("#")[0] or len(text) > MAX_RAW_CHARS:
        return None
    parts = _joined(text, base)
    if parts is None or parts.scheme not in DEFAULT_PORTS or "@" in parts.netloc or parts.port == 0:
        return None
    host = _host_name(parts.hostname or "")
    if not host:
        return None
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    netloc = (f"[{host}]" if ":" in host else host) + port
    query = f"?{parts.query}" if parts.query else ""
    return safe_url_string(f"{parts.scheme}://{netloc}{parts.path or '/'}{query}")


def _tidy(url: str) -> str:
    """Without control characters and the blanks around it. Browsers read half a surrogate pair as U+FFFD."""
    return SURROGATES.sub("\ufffd", CONTROLS.sub("", url)).strip().strip("\ufeff\u200b").strip()


def _joined(text: str, base: str) -> SplitResult | None:
    # To browsers a backslash before the query is a slash.
    path, mark, query = text.partition("#")[0].partition("?")
    reference = path.replace("\\", "/") + mark + query
    try:
        return _split(reference if ABSOLUTE.match(reference) else urljoin(base, reference))
    except ValueError:
        return None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        # Both are read when asked for, and raise then.
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts


@lru_cache(maxsize=16_384)
def _host_name(raw: str) -> str | None:
    """A host in lower case and IDNA, IPv6 in its short form; None for what is none."""
    if ":" in raw:
        return _ipv6(raw)
    name = raw.lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    labels = name.removesuffix(".").split(".")
    if len(name) > 253 or not all(ASCII_LABEL.fullmatch(label) for label in labels):
        return None
    return name if not NUMERIC_LABEL.fullmatch(labels[-1]) or is_ip(name) else None


def _ipv6(raw: str) -> str | None:
    try:
        return str(ipaddress.IPv6Address(raw)) if "%" not in raw else None
    except ValueError:
        return None


def _is_tracker(name: str) -> bool:
    # Links in which &amp; was escaped twice leave "amp;" before the name.
    name = name.lower().removeprefix("amp%3b").removeprefix("amp;")
    return name in TRACKERS or name.startswith(TRACKER_PREFIXES)
