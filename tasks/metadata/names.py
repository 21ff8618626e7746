"""Authors: from what pages write into bylines to names of people."""

import re
from typing import NamedTuple

from tasks.metadata.evidence import clean_text

MAX_NAME_CHARS = 80
MAX_AUTHORS = 30
TAG = re.compile(r"<[^>]{0,500}>")
NOT_A_NAME = re.compile(
    r"https?:|www\.|\S@\S|^[@#]|\.(?:html?|php)\b|[{}<>=]|^\d[\d:.]*(?:$|\s)|"
    r"^(?:by|von|vom|par|por|di|da|de|door|av|af|from|text|foto|photo|interview|published|posted|updated|last|on|"
    r"veröffentlicht|aktualisiert|publiziert am|publié|publicado|pubblicato|author|autor(?:in)?)$",
    re.IGNORECASE,
)
# When it was written, and for whom, stands behind the name in many bylines.
WHEN = re.compile(r"\s+(?:(?:am|at|on|le|el|um|vor|il|외)\s+)?\d.*$", re.IGNORECASE)
FOR_WHOM = re.compile(r"\s+for\s+(?:the\s+)?[A-Z].*$|\s+For\s+The\s.*$")
ENDS_WITH_INITIAL = re.compile(r"\b(?:[^\W\d_]|[JS]r)\.$", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]{0,80}[)\]]\s*$")
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)
JOB_AFTER = re.compile(r"\s+(?:기자|특파원|記者|特派員)$")
# Shorter ones are the initials that stand below many articles.
LOGIN = re.compile(r"[a-z0-9_.-]{6,}")
HANDLE = re.compile(r"(?:^|\s)@\w+")
E_MAIL = re.compile(r"\S+@\S+\.\w+")
# "By" in the languages of the news; short ones are particles of names too, and go only before two words or more.
PREFIX = re.compile(
    r"^(?:(?:written |posted |published |reported |story |words |text |analysis |interview )?by\b:?|"
    r"(?:veröffentlicht|erstellt|geschrieben|publiziert|verfasst)\s+von\b:?|von\s*:|(?:publié|écrit)\s+par\b:?|(?:publicado|escrito)\s+por\b:?|"
    r"(?:text|autor(?:in|en)?|auteur|author|"
    r"autore|penulis|oleh|автор|текст|redakt[oø]r|reporter|tekst|foto|yazan|interview|protokoll)\s*:|文[=\uff1d・:]|記者[=\uff1d:]|oleh\s|przez\s|автор\s)\s*",
    re.IGNORECASE,
)
PARTICLE = re.compile(
    r"^(?:(?:[Vv]on|VON|[Pp]ar|[Pp]or|[Dd]oor|[Aa]v|[Aa]f)\s+(?=[A-ZÀ-Ý]\S*(?:$|\s+[A-ZÀ-Ý]))|(?:[Dd]i|[Dd]a|[Dd]e)\s+(?=[A-ZÀ-Ý]\S*\s+[A-ZÀ-Ý]))"
)
SEPARATOR = re.compile(r"\s*[;|•·\n]\s*|\s+/\s+|\s*,\s+(?:and|und|et|y|e)\s+|\s*[、،]\s*")
WORD_BETWEEN = re.compile(r"\s+(?:and|und|et|y|e|en|i|och|og|ja|ve|dan|и|та|&|\+)\s+", re.IGNORECASE)
SURE_WORD_BETWEEN = re.compile(r"\s+(?:and|und|et|och|&)\s+", re.IGNORECASE)
JOB = re.compile(
    r"\b(?:editor|reporter|correspondent|writer|journalist|columnist|producer|contributor|columnista|presenter|analyst|professor|"
    r"lecturer|director|chief|head of|fellow|author|redakteur(?:in)?|korrespondent(?:in)?|reporterin|autor(?:in)?|volontär(?:in)?|"
    r"journaliste?|journalistin|chefredakteur(?:in)?|ressortleiter(?:in)?|redacteur|rédact(?:eur|rice)|envoyée? spéciale?|"
    r"correspondante?|periodista|redactora?|corresponsal|giornalista|inviat[oa]|jornalista|dziennikarz|журналист|корреспондент|"
    r"обозреватель|muhabir|wartawan)\b",
    re.IGNORECASE,
)
AGENCIES = (
    "afp|ap|dpa|apa|ats|sda|sid|epd|kna|reuters|associated press|the associated press|agence france[- ]presse|ansa|efe|pap|tass|"
    "тасс|риа новости|интерфакс|ria novosti|interfax|xinhua|kyodo|yonhap|pti|ani|ians|bloomberg|upi|aap|pa|belga|anp|ntb|tt|ritzau|"
    "lusa|mti|čtk|ctk|tasr|anadolu|aa|iha|dha|antara|bernama|bta|keystone-sda|press association|pa media|the canadian press|"
    "europa press|agencia efe|agencias|agencies|agenturen"
)
PLACEHOLDER = re.compile(
    rf"^(?:{AGENCIES})(?:[/,\s-]+(?:{AGENCIES}|\w+))?$|"
    r"\b(?:redaktion|redaktionen|redaction|rédaction|redacción|redazione|redação|redactie|redakcja|redakce|redaksi|редакция|"
    r"toimitus|staff|newsroom|news desk|newsdesk|web ?desk|online desk|editorial|editors|admin|administrator|news agency|"
    r"press release|presseportal|nachrichtenagentur|newsteam|news team|webteam|guest author|gastbeitrag|unknown|anonymous)\b|"
    r"\b(?:zeitung|nachrichten|magazine?|news|newspaper|tv|online|media|press|times|herald|tribune|gazette|post)$",
    re.IGNORECASE,
)


class Authors(NamedTuple):
    """People, and who stands in for them: agencies, the staff, logins, the site itself."""

    people: tuple[str, ...]
    placeholders: tuple[str, ...]


def clean_authors(raw: tuple[str, ...], organisations: tuple[str, ...] = (), site_names: tuple[str, ...] = ()) -> Authors:
    """Names in their order, each once, people apart from placeholders (``organisations`` and the site's names among them)."""
    names = [name for text in raw[:MAX_AUTHORS] for name in _split(text)]
    unique = list({name.casefold(): name for name in reversed(names)}.values())[::-1]
    others = {clean_text(name).casefold() for name in organisations + site_names}
    brands = {name.split(".")[0] for name in others if " " not in name}
    stands_in = {name for name in unique if _is_placeholder(name, others, brands)}
    people = tuple(name for name in unique if name not in stands_in)
    return Authors(people[:MAX_AUTHORS], tuple(name for name in unique if name in stands_in))


def _is_placeholder(name: str, others: set[str], brands: set[str]) -> bool:
    """An agency, the staff, a login, the site or a part of it ("MDR Thüringen" at mdr.de)."""
    folded = name.casefold()
    is_other = folded in others or (len(folded.split()) < 4 and folded.split()[0] in brands)
    return is_other or LOGIN.fullmatch(name) is not None or PLACEHOLDER.search(name) is not None or HOST.fullmatch(name) is not None


def _split(text: str) -> list[str]:
    bare = E_MAIL.sub("", clean_text(TAG.sub(" ", text)))
    bare = PREFIX.sub("", HANDLE.sub("", bare)).strip()
    parts = [part for piece in SEPARATOR.split(PARTICLE.sub("", bare)) for part in _split_commas(piece)]
    names = [name for part in parts for between in _split_words(part) if (name := _clean_name(between))]
    return [name for name in names if _is_name(name)]


def _split_commas(piece: str) -> list[str]:
    """Parts at commas: names; "Doe, John" is one, and what follows a name may be a job."""
    parts = [part.strip() for part in piece.split(",")]
    if len(parts) == 2 and all(re.fullmatch(r"[^\W\d_][\w'-]+", part) for part in parts) and not _any_placeholder(parts):
        return [f"{parts[1]} {parts[0]}"]
    return [part for index, part in enumerate(parts) if index == 0 or not JOB.search(part)]


def _any_placeholder(parts: list[str]) -> bool:
    return any(PLACEHOLDER.search(part) for part in parts)


def _split_words(part: str) -> list[str]:
    """Parts at "and"; at its short forms (y, e, i), which names have too, only between two full names."""
    pieces = WORD_BETWEEN.split(part)
    if len(pieces) > 1 and all(len(piece.split()) > 1 for piece in pieces):
        return pieces
    return SURE_WORD_BETWEEN.split(part)


def _clean_name(part: str) -> str:
    name = PREFIX.sub("", IN_BRACKETS.sub("", part)).strip(' \t,;:|-\u2013\u2014*·"')
    name = FOR_WHOM.sub("", WHEN.sub("", name)).lstrip(".")
    name = name if ENDS_WITH_INITIAL.search(name) else name.rstrip(".")
    head, dash, tail = name.partition(" - ")
    return head.strip() if dash and (JOB.search(tail) or PLACEHOLDER.search(tail)) else JOB_AFTER.sub("", name)


def _is_name(name: str) -> bool:
    if not 1 < len(name) <= MAX_NAME_CHARS or NOT_A_NAME.search(name) or not any(char.isalpha() for char in name):
        return False
    words = name.split()
    is_job = JOB.search(name) is not None and (len(words) < 3 or name.islower())
    return len(words) <= 8 and not is_job
