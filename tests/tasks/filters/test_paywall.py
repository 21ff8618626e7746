"""Teasers are known by what the page says and by what stands at their end, in many languages; news about paywalls stay."""

# ruff: noqa: RUF001 - full-width marks and letters of other alphabets are meant

import pytest

from tasks.filters._paywall_words import _WORDS
from tasks.filters.paywall import make
from tasks.reasons import Reason
from tasks.records import Article
from tests.golden.pages import golden_pages
from tests.tasks.filters.articles import article, golden_articles, sentences
from tests.tasks.test_pressing import press

CHECK = make("on")

# As sites of each language write it.
CUES = {
    "en": [
        "Subscribe to continue reading.",
        "To keep reading, please log in.",
        "This article is for subscribers only. Already a subscriber? Sign in.",
        "You\u2019ve reached your monthly limit of free articles.",
        "You have 2 free articles left.",
    ],
    "de": [
        "Weiterlesen mit M+",
        "Dieser Artikel ist exklusiv für Abonnenten.",
        "Sie haben schon ein Abo?",
        "Jetzt weiterlesen mit ZeitPlus",
        "Bereits Abonnent?",
    ],
    "fr": [
        "Il vous reste 71.32% de cet article à lire. La suite est réservée aux abonnés.",
        "Cet article est réservé aux abonnés",
        "Déjà abonné ? Connectez-vous",
    ],
    "es": ["Contenido exclusivo para suscriptores", "Suscríbete para seguir leyendo", "¿Ya eres suscriptor? Inicia sesión"],
    "pt": ["Conteúdo exclusivo para assinantes", "Assine para continuar lendo", "Já é assinante? Entre"],
    "it": ["Questo articolo è riservato agli abbonati", "Abbonati per continuare a leggere", "Sei già abbonato?"],
    "nl": ["Dit artikel is alleen voor abonnees", "Al abonnee? Log in", "Word abonnee om verder te lezen"],
    "pl": ["Artykuł dostępny tylko dla prenumeratorów", "Masz już prenumeratę?", "Aby czytać dalej, kup dostęp"],
    "sv": ["Artikeln är endast för prenumeranter", "Redan prenumerant?", "Logga in för att läsa"],
    "no": ["Denne saken er kun for abonnenter", "Logg inn for å lese hele saken"],
    "da": ["Artiklen er kun for abonnenter", "Log ind for at læse videre"],
    "fi": ["Tämä artikkeli on vain tilaajille", "Tilaa ja lue koko juttu"],
    "cs": ["Článek je určen pouze pro předplatitele", "Již máte předplatné?"],
    "ru": ["Материал доступен только по подписке", "Оформите подписку, чтобы продолжить чтение"],
    "tr": ["Haberin devamı için abone olun", "Okumaya devam etmek için giriş yapın"],
    "id": ["Berlangganan untuk membaca selengkapnya", "Sudah berlangganan?"],
    "ja": ["この記事は有料会員限定です。残り 1,234文字", "続きを読むには会員登録が必要です"],
    "zh": ["本文仅限付费会员阅读", "订阅后继续阅读全文", "會員專屬內容"],
    "ko": ["이 기사는 유료 회원 전용입니다", "로그인 후 계속 읽을 수 있습니다"],
    "ar": ["هذا المقال متاح للمشتركين", "اشترك الآن لمتابعة القراءة"],
    "hi": ["पूरी खबर पढ़ने के लिए ऐप डाउनलोड करें"],
}
NEWS = [
    ("en", "The paper said it would put most of its stories behind a paywall for its 40,000 subscribers next year."),
    ("en", "Members join to continue the strike, and more than 300 registered to vote."),
    ("en", "The streaming service lost 200,000 subscribers and raised the price of its plan."),
    ("de", "Der Verlag hat nun 40.000 Abonnenten und will sein Angebot für Mitglieder ausbauen."),
    ("de", "Zum Weiterlesen: Anna Berg, Der alte Hafen, Verlag am Fluss"),
    ("fr", "Le journal compte désormais 40 000 abonnés et veut en gagner autant d'ici deux ans."),
    ("es", "El diario tiene ya 40.000 suscriptores y quiere seguir creciendo."),
    ("ja", "同社の有料会員は四万人に達し、来年は料金を改定する予定だ。"),
    ("zh", "该报的付费订阅用户已达四万人，计划明年提高价格。"),
]


def test_there_is_an_example_for_every_language():
    assert set(CUES) == set(_WORDS)


@pytest.mark.parametrize(("language", "cue"), [(language, cue) for language, cues in CUES.items() for cue in cues])
def test_a_text_that_ends_in_what_paywalls_say(language, cue):
    for code in (language, None):
        answer = CHECK(article(f"{sentences(4)}\n{cue}", language=code))
        assert answer.reason is Reason.PAYWALL
        assert answer.detail.startswith("ends in ")


@pytest.mark.parametrize(("language", "line"), NEWS)
def test_news_about_subscribers_stay(language, line):
    for code in (language, None):
        assert CHECK(article(f"{sentences(4)}\n{line}", language=code)) is None


def test_no_golden_article_ends_so():
    assert [name for name, row in golden_articles().items() if CHECK(row)] == []


def test_a_long_text_is_no_teaser_and_what_stands_further_up_no_sign():
    cue = "Subscribe to continue reading."
    assert CHECK(article(f"{sentences(40)}\n{cue}")) is None
    assert CHECK(article(f"{cue}\n{sentences(5)}")) is None


def test_what_a_page_says_of_itself_counts_for_short_texts():
    short, long = sentences(4), sentences(12)
    assert CHECK(article(short, is_accessible_for_free=False)).detail == f"not free, {len(short)} characters"
    assert CHECK(article(long, is_accessible_for_free=False)) is None
    assert [CHECK(article(short, is_accessible_for_free=free)) for free in (True, None)] == [None, None]


def test_the_teaser_of_a_whole_page():
    (teaser,) = (golden for golden in golden_pages() if golden.name == "brauerei_paywall")
    found = press(teaser.body)
    assert isinstance(found, Article)
    assert CHECK(found).reason is Reason.PAYWALL
