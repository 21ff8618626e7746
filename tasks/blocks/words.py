"""What the words of a block hint at, in many languages: credits, promotion, "read more", bylines, dates."""

# ruff: noqa: RUF001 - quotation marks and letters of many languages are meant

import re
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from tasks.blocks.walk import Blocks

WORD = re.compile(r"\w+")
_KINDS = {
    "credit": "copyright photo photos foto fotos image images bild bilder picture pictures getty reuters afp dpa epa ap apa "
    "shutterstock imago crédit credit fotografie fotografía archiv illustration video videos quelle source sources "
    "courtesy fuente alamy pixabay unsplash screenshot ritzau tt ntb ansa efe pap tass фото видео источник 写真 写真提供 图 图片 "
    "来源 사진 자료사진",
    "more": "read more also see related lesen mehr dazu auch interessant lire aussi leia veja lee también leer más ver leggi "
    "scopri lees ook les også läs læs czytaj zobacz čtěte читайте смотрите baca juga devamı click here watch recommended "
    "trending popular hier klicken weiterlesen weitere thema liveblog podcast 続きを読む 関連記事 相关 更多 관련 기사 더보기",
    "promo": "newsletter newsletters subscribe subscription subscriber subscribers sign log login abonnieren abo abonnement "
    "register registered cookie cookies privacy datenschutz terms agb advertisement advertising anzeige werbung sponsored "
    "publicidad publicidade pubblicità reklama реклама follow folgen download app apps store whatsapp facebook twitter "
    "telegram instagram linkedin youtube tiktok share teilen partager compartir condividi email mail rss impressum "
    "javascript browser adblock adblocker password passwort account konto inbox unsubscribe premium membership member "
    "donate spenden support abonnez inscrivez suscríbete assine iscriviti",
    "comment": "comment comments kommentar kommentare kommentieren comentario comentarios comentários commentaires commenti reply "
    "antworten responder répondre moderated moderator комментарии",
    "legal": "rights reserved rechte vorbehalten derechos reservados direitos droits réservés diritti riservati prawa zastrzeżone "
    "contact kontakt corrections disclaimer policy",
    "by": "by von par por di da door av af od written text texto redaktion autor autorin author reporting edited editing автор "
    "текст journalist reporter correspondent redakteur redakteurin",
    "date": "ago hour hours minute minutes updated published aktualisiert veröffentlicht publié uhr stand min lesezeit monday "
    "tuesday wednesday thursday friday saturday sunday january february march april june july august september october "
    "november december montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli "
    "oktober dezember",
    "you": "you your yours sie ihr ihre ihren du dein dich dir vous votre vos tu te su usted você seu sua jouw u uw вы ваш",
    "i": "i my me we our ich mein mir wir unser je mon nous notre yo mi nos meu я мы",
}
KINDS: Final = tuple(_KINDS)
_BITS: dict[str, int] = {}
for _bit, _listed in enumerate(_KINDS.values()):
    for _word in _listed.split():
        _BITS[_word] = _BITS.get(_word, 0) | 1 << _bit
_KNOWN = frozenset(_BITS)
SENTENCE_ENDS = frozenset(".!?…。！？।؟۔")
CLOSING = "\"”»’')]」』“ "
OPENING = frozenset("\"“„«»「『‘'")
# Of longer blocks the first and the last part are looked at.
LOOKED_AT_CHARS = 300
NUMBERS = (
    "chars", "words", "commas", "sentences", "quotes", "digits", "ends_sentence", "ends_colon", "ends_question", "ends_dots",
    "upper_start", "lower_start", "digit_start", "quote_start", "bracket_start", "pipe", "all_upper", "address", "copyright",
    "title_likeness", "description_likeness",
)  # fmt: skip
WIDTH: Final = len(NUMBERS) + len(KINDS)


def read_words(blocks: Blocks, title: str, description: str) -> npt.NDArray[np.float32]:
    """Numbers of each block, a row a block: the columns of NUMBERS, then a 0 or 1 for each of KINDS."""
    of_title, of_description = _words(title), _words(description)
    rows = chain.from_iterable(_row(text, of_title, of_description) for text in blocks.text)
    table = np.fromiter(rows, np.float32).reshape(-1, len(NUMBERS) + 1)
    bits = table[:, -1].astype(np.int64)[:, None] >> np.arange(len(KINDS)) & 1
    return np.hstack([table[:, :-1], bits.astype(np.float32)])


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.lower()))


def _row(text: str, of_title: frozenset[str], of_description: frozenset[str]) -> tuple[float, ...]:
    length = len(text)
    looked_at = text if length <= LOOKED_AT_CHARS else f"{text[: LOOKED_AT_CHARS // 2]} {text[-LOOKED_AT_CHARS // 2 :]}"
    words = WORD.findall(looked_at.lower())
    distinct = set(words)
    bits = 0
    for word in distinct & _KNOWN:
        bits |= _BITS[word]
    head, tail = text[0], text[-1]
    end = tail
    if tail in CLOSING:
        bare = text.rstrip(CLOSING)
        end = bare[-1] if bare else tail
    is_short = length <= LOOKED_AT_CHARS
    return (
        length, text.count(" ") + 1, text.count(","), text.count(". ") + text.count("。") + text.count("! ") + text.count("? "),
        text.count('"') + text.count("“") + text.count("„") + text.count("«") + text.count("「"),
        sum(map(str.isdigit, words)) / len(words) if words else 1.0,
        end in SENTENCE_ENDS, tail == ":", end == "?", tail == "…" or text.endswith("..."),
        head.isupper(), head.islower(), head.isdigit(), head in OPENING, head in "([", "|" in looked_at, text.isupper(),
        "@" in looked_at or "http" in looked_at or "www." in looked_at, "©" in looked_at,
        _likeness(distinct, of_title) if is_short else 0.0, _likeness(distinct, of_description) if is_short else 0.0,
        bits,
    )  # fmt: skip


def _likeness(words: set[str], others: frozenset[str]) -> float:
    """Dice coefficient of two sets of words, 0 to 1."""
    return 2 * len(words & others) / (len(words) + len(others)) if words and others else 0.0
