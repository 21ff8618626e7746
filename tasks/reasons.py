"""Why captures do not become articles: a closed list, and the stages at which it is found out."""

from enum import StrEnum


class Stage(StrEnum):
    """Where in the pipeline a capture was rejected."""

    READ = "read"
    CLASSIFY = "classify"
    DECODE = "decode"
    EXTRACT = "extract"
    FILTER = "filter"


class Reason(StrEnum):
    """Why a capture did not become an article: a closed list, each with its meaning in one line."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> "Reason":
        """Keep the meaning beside the value."""
        reason = str.__new__(cls, value)
        reason._value_ = value
        reason.meaning = meaning
        return reason

    DAMAGED_RECORD = "damaged_record", "The archive is damaged here: bytes were skipped up to the next whole record."
    UNREADABLE_HTTP = "unreadable_http", "The record holds no HTTP answer that can be read."
    MISSING_UPSTREAM = "missing_upstream", "A list or an index names this capture, but its file is gone."
    REVISIT = "revisit", "The record says that the page was the same as an earlier capture; it holds no page."
    SEGMENT = "segment", "A continuation of a record that was cut into segments; the first segment is pressed."
    RECORD_TYPE = "record_type", "A record of a type that holds no web page (a DNS answer, a thumbnail)."
    OTHER_HOST = "other_host", "The page is of another host than those that the recipe asks for."
    REDIRECT = "redirect", "The server answered with a redirect (HTTP 3xx)."
    CLIENT_ERROR = "client_error", "The server refused or did not find the page (HTTP 4xx)."
    SERVER_ERROR = "server_error", "The server failed (HTTP 5xx)."
    OTHER_STATUS = "other_status", "An HTTP status that carries no whole page (1xx, 204, 206, ...)."
    NOT_HTML = "not_html", "The content is not HTML, by its type or by its first bytes."
    EMPTY_PAYLOAD = "empty_payload", "The answer has no body."
    PAYLOAD_TOO_BIG = "payload_too_big", "The body is larger than the recipe allows, as stored or unpacked."
    DUPLICATE_PAYLOAD = "duplicate_payload", "The same body was captured earlier in the same archive."
    UNDECODABLE = "undecodable", "The transfer or content encoding of the body cannot be undone."
    UNPARSABLE = "unparsable", "The body cannot be parsed as HTML."
    TOO_DEEP = "too_deep", "Elements are nested deeper than the parser goes (256): the rest would be lost in silence."
    HUGE_TEXT_NODE = "huge_text_node", "One run of text is larger than the parser takes (10 MB): the rest would be lost in silence."
    TIMED_OUT = "timed_out", "The page took more CPU time than the recipe allows."
    OUT_OF_MEMORY = "out_of_memory", "The page took more memory than the recipe allows."
    CRASHED = "crashed", "The page ended the process that extracted it."
    NO_TEXT = "no_text", "The extractor found no article text."
    NO_TEXT_IN_BIG_PAGE = "no_text_in_big_page", "The extractor found no article text in a page of 100,000 characters and more."
    EXTRACTOR_FAILED = "extractor_failed", "The extractor raised an error on this page."
    TOO_SHORT = "too_short", "The text is shorter than the recipe asks for."
    TOO_LONG = "too_long", "The text is longer than the recipe allows."
    TOO_FEW_WORDS = "too_few_words", "The text has fewer words than the recipe asks for."
    OPTED_OUT = "opted_out", "The page or its server says that it is not to be archived, indexed or used for AI."
    PUBLISHED_BEFORE = "published_before", "The article was published before the day that the recipe asks for."
    PUBLISHED_AFTER = "published_after", "The article was published after the day that the recipe asks for."
    OTHER_LANGUAGE = "other_language", "The text is not known to be in a language that the recipe asks for."
    OTHER_PAGE_TYPE = "other_page_type", "The page is known to be of another type than the recipe asks for."
    UNWANTED_HOST = "unwanted_host", "The page is of a host that the recipe leaves out."
    PAYWALL = "paywall", "The text is a teaser: the rest of the article is for subscribers."
    GOPHER_QUALITY = "gopher_quality", "The text breaks a quality rule of Gopher (Rae et al. 2021)."
    GOPHER_REPETITION = "gopher_repetition", "The text repeats itself, by the rules of Gopher (Rae et al. 2021)."
    C4_QUALITY = "c4_quality", "The text breaks a rule of C4 (Raffel et al. 2020)."
    FINEWEB_QUALITY = "fineweb_quality", "The text breaks a rule of FineWeb (Penedo et al. 2024)."
    COPY = "copy", "A copy of another article of the edition, which keeps originals only."
    SAME_CAPTURE = "same_capture", "The very capture lies in several archives: one of them gives the article of the edition."
    REMOVED = "removed", "Somebody asked for it to be taken out."
