"""What stands where a paywall cuts an article, by the language of the text: it speaks to the reader, or of "this article".

For lower case. Whole sentences of the news must not match: nothing here asks for a word such as "subscribers" alone.
"""

# ruff: noqa: RUF001 - Cyrillic letters look like Latin ones, and full-width marks are what Asian sites write

import re

_WORDS = {
    "en": r"""
(?:subscribe|sign up|sign in|log in|register)(?: now| today)? to (?:(?:continue|keep|finish) reading|unlock (?:this|the)|
read (?:more|on|the (?:full|rest|whole)|this))|
to (?:continue|keep) reading,? (?:this|the (?:article|story|full|rest)|subscribe|please|sign|log|register|become|start|you need)|
(?:this|the full|the rest of this) (?:article|story|content|post|report) is (?:only |exclusively |exclusive |reserved |
available )*
(?:for|to) (?:our |paid |paying |premium |registered |digital )*(?:subscribers|members)|
already (?:a subscriber|a member|have an account|subscribed)\?|not a subscriber(?: yet)?\?|unlock (?:this|the full) (?:article|
story)|
you(?:[’']ve| have) (?:reached|used|read) (?:your|all|the|\d+ of).{0,30}(?:limit|free (?:articles|stories))|
\d+ free (?:articles|stories) (?:left|remaining)|become an? (?:subscriber|member) to (?:read|(?:continue|keep) reading)""",
    "de": r"""
(?:jetzt )?weiterlesen mit (?:\S+ )?(?:\S*plus|\S*\+|abo|einem|dem|probe|digital)|mit (?:einem |dem )?\S*abo weiterlesen|
um (?:den|diesen) (?:ganzen |vollständigen )?(?:artikel|beitrag|text) (?:weiter)?(?:zu )?lesen|
(?:wollen|möchten|willst|möchtest) (?:sie|du) (?:weiterlesen|(?:den|diesen) (?:ganzen )?(?:artikel|beitrag|
text) (?:weiter)?lesen)|
dieser (?:artikel|beitrag|inhalt|text) ist (?:nur |exklusiv |ausschließlich )+für|exklusiv für abonnent|
(?:bereits|schon) (?:digital-?)?abonnent\S*\?|(?:haben sie|sie haben) (?:bereits|schon) ein \S*(?:abo|konto)\S*\?|
(?:artikel|beitrag|inhalt) (?:jetzt )?freischalten""",
    "fr": r"""
(?:article|contenu|suite)(?: de cet article)?(?: est)? (?:exclusivement |uniquement )?réservée? (?:à nos|aux) abonnés|
il vous reste [\d.,]+ ?% de cet article à lire|abonnez-vous pour (?:lire|continuer|poursuivre|accéder|découvrir)|
pour lire (?:la suite|l[’']intégralité|cet article).{0,30}(?:abonne|connecte|inscri|identifi)|
déjà abonnée?(?:\(e\)|·e)? ?\?|débloquez cet article""",
    "es": r"""
(?:contenido|artículo|noticia)(?: es)? (?:exclusiv[oa]|sol[oa]|solamente|únicamente|reservad[oa])(?: es)? (?:para|
a) (?:nuestros |los )?(?:suscriptores|socios|abonados)|
(?:suscríbete|suscríbase|regístrate|regístrese|inicia sesión|inicie sesión) para (?:seguir|continuar|leer|acceder)|
para (?:seguir|continuar) leyendo,? (?:este|esta|suscr|regístr|inici|debes|necesitas|hazte)|¿ya (?:eres|es) (?:suscriptor|
socio|abonado)""",
    "pt": r"""
(?:conteúdo|artigo|matéria|reportagem|texto)(?: é)? (?:exclusiv[oa]|restrit[oa]|reservad[oa]) (?:para|a|
aos) (?:os )?(?:nossos )?(?:assinantes|subscritores)|
(?:assine|cadastre-se|faça login|entre)(?: já| agora)? (?:para|e) continu(?:ar|e) (?:lendo|a ler|a leitura)|
para continuar (?:lendo|a ler),? (?:este|esta|assine|faça|cadastre)|já é assinante\?""",
    "it": r"""
(?:articolo|contenuto)(?: è)? (?:riservato|solo|dedicato|disponibile solo) (?:agli|per gli|ai nostri) abbonati|
(?:abbonati|registrati|accedi)(?: ora| subito)? per (?:continuare|leggere)|per continuare a leggere,? (?:questo|abbonati|
accedi|registrati|scegli)|
(?:sei )?già abbonato\?""",
    "nl": r"""
(?:dit artikel|deze inhoud|dit verhaal) is (?:alleen|enkel|exclusief)(?: beschikbaar)? voor (?:onze )?abonnees|
(?:al|reeds) abonnee\?|om (?:dit artikel )?verder te lezen|(?:word|neem) (?:nu )?(?:een )?abonne\S* (?:om|en) (?:verder|lees)|
verder lezen\? (?:log|neem|word)""",
    "pl": r"""
(?:artykuł|tekst|materiał|treść)(?: jest)? dostępn[ya] (?:tylko |wyłącznie |jedynie )*dla (?:naszych )?(?:prenumeratorów|
subskrybentów|abonentów|zalogowanych)|
(?:dalsza|pozostała) część (?:artykułu|tekstu)?.{0,20}(?:dostępn|dla (?:prenumer|subskry))|
aby (?:czytać dalej|przeczytać (?:cały|całość)),? ?(?:kup|wykup|zaloguj|zarejestruj)|masz już (?:prenumeratę|subskrypcję|
konto)\?""",
    "sv": r"""
(?:artikeln|innehållet|texten) är (?:bara |endast |exklusiv[t]? )*för (?:våra )?(?:prenumeranter|plus)|
(?:redan|är du) prenumerant\?|(?:logga in|bli prenumerant|prenumerera|köp) för att (?:läsa|fortsätta)""",
    "no": r"""
(?:saken|artikkelen|innholdet) er (?:kun |bare |forbeholdt )*(?:for )?(?:våre )?abonnenter|(?:allerede|er du) abonnent\?|
(?:logg inn|bli abonnent|kjøp tilgang|abonner) for å (?:lese|fortsette)|for å lese (?:videre|hele (?:saken|artikkelen)|resten)""",
    "da": r"""
(?:artiklen|indholdet) er (?:kun |forbeholdt )*(?:for )?(?:vores )?abonnenter|(?:allerede|er du) abonnent\?|
(?:log ind|bliv abonnent|køb adgang) for at (?:læse|fortsætte)|for at læse (?:videre|hele (?:artiklen|historien)|resten)""",
    "fi": r"""(?:tämä )?(?:artikkeli|juttu|sisältö) on (?:vain |tarkoitettu )*tilaajille|tilaa ja (?:lue|jatka)|
(?:kirjaudu|tilaa) (?:sisään )?(?:lukeaksesi|jatkaaksesi)|oletko jo tilaaja\?""",
    "cs": r"""
(?:článek|obsah|text)(?: je)?(?: určen)? (?:pouze |jen |exkluzivně )*pro (?:naše )?předplatitele|(?:již|
už) (?:máte předplatné|jste předplatitel\S*)\?|
(?:předplaťte si|přihlaste se),? (?:a|abyste|pro) (?:čt|pokračo|dočet)""",
    "ru": r"""
(?:материал|статья|текст|публикация) (?:доступн?[аен]* )?(?:только )?(?:для (?:наших )?|по )подпис(?:чик|к)|
(?:уже есть подписка|уже подписаны)\?|
(?:оформите подписку|подпишитесь|войдите|зарегистрируйтесь),? чтобы (?:продолжить|читать|дочитать|прочитать)|
чтобы (?:продолжить чтение|дочитать|читать дальше),? (?:этот|эту|оформ|подпиш|войд|зарегист)""",
    "tr": r"""
(?:haberin|yazının|makalenin) (?:devamı|tamamı)(?:nı okumak)? (?:için|sadece|yalnızca).{0,20}(?:abone|üye)|
okumaya devam etmek için|
zaten abone(?: misiniz|yim)?\?""",
    "id": r"""(?:untuk melanjutkan membaca|berlangganan|masuk|daftar) untuk (?:membaca|melanjutkan)|sudah berlangganan\?|
artikel ini (?:khusus|hanya) untuk pelanggan""",
    "ja": r"""
(?:この記事|この続き|続き|残り)は?、?(?:有料)?(?:会員|購読者)(?:限定|専用|のみ|になると|の方)|有料会員(?:限定|になると|に登録)|
残り[:：]? ?[\d,０-９]+ ?文字|
続きを(?:読む|お読みいただく)には|この記事は有料""",
    "zh": r"""
(?:本文|全文|此文|该文|剩余内容|其余内容|餘下內容).{0,8}(?:仅限|仅供|僅限|僅供|只限|需要?|须|須).{0,6}(?:付费|订阅|会员|付費|
訂閱|會員)|
(?:订阅|付费|登录|訂閱|付費|登入)(?:后|後|以|即可|即)?(?:继续|可|繼續)?(?:阅读|查看|閱讀|觀看|解锁|解鎖)(?:全文|本文|全部|更多|
完整)|
(?:会员|订户|會員|訂戶)(?:专属|專屬|限定|专享|專享)(?:内容|文章|內容)""",
    "ko": r"""
(?:이|본) (?:기사|콘텐츠|글)[은는].{0,15}(?:유료|구독자|회원).{0,8}(?:전용|볼 수|읽을 수|공개)|로그인(?:하시면| 후|
 하시면).{0,10}(?:계속|전문|전체|나머지)|
구독(?:하시면|하면| 후).{0,10}(?:계속|전문|전체|나머지)""",
    "ar": r"""(?:هذا (?:المقال|المحتوى|التقرير)) (?:متاح|مخصص|حصري).{0,12}للمشتركين|(?:اشترك|سجل|سجّل).{0,14}(?:لمتابعة|
لمواصلة|لإكمال) القراءة""",
    "hi": r"""(?:पूरी|आगे की) (?:खबर|ख़बर|स्टोरी) पढ़ने के लिए|आगे पढ़ने के लिए (?:लॉग|सब्सक्राइब|सदस्य|ऐप)""",
}
SAME_WORDS = {"nn": "no", "nb": "no", "sk": "cs", "gl": "es", "ca": "es", "ms": "id"}

_PATTERNS = {code: re.compile(words.replace("\n", "")) for code, words in _WORDS.items()}
_ANY = tuple(_PATTERNS.values())


def paywall_patterns(language: str | None) -> tuple[re.Pattern[str], ...]:
    """The patterns for a text of a language; of all languages where it is unknown or has none here."""
    code = (language or "").partition("-")[0]
    found = _PATTERNS.get(SAME_WORDS.get(code, code))
    return (found,) if found else _ANY
