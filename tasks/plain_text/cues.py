"""Words that sites put around articles, in the languages of the news. Facts only; what follows from them is decided elsewhere."""

# ruff: noqa: RUF001 - Cyrillic letters look like Latin ones, and full-width marks are what Asian sites write

import re

NOT_LETTERS = re.compile(r"[\W\d_]+")
MAX_CUE_SIZE = 240
MAX_NOTICE_SIZE = 700

# Whole lines, letters only: what follows them is the readers' or another article's.
_ENDS = """
comments|comment|leave a comment|leave a reply|post a comment|add a comment|join the conversation|show comments|view comments|
related|related articles|related stories|related news|related posts|related topics|related content|related links|more stories|
more news|read next|up next|most read|most popular|most viewed|trending|trending now|popular now|popular|recommended|
recommended for you|recommended stories|you may also like|you might also like|you may like|more from|more on this story|
more on this|more like this|latest news|latest stories|latest|top stories|top news|editors picks|editor s picks|editors pick|
don t miss|also on|in this section|around the web|from around the web|sponsored|promoted|promoted content|sponsored content|
promoted stories|about the author|about author|share this article|share this story|share this|sign up for our newsletter|
newsletter|newsletters|tags|topics|what to read next|keep reading|see also|follow us|popular posts|recent posts|
recent comments|kommentare|kommentar|kommentar schreiben|kommentar verfassen|mehr zum thema|weitere artikel|weitere themen|
weitere nachrichten|das könnte sie auch interessieren|das könnte dich auch interessieren|lesen sie auch|meistgelesen|
meistgelesene artikel|meistgelesene|beliebt|zum thema|themen|schlagwörter|schlagworte|empfohlen|empfehlungen|auch interessant|
anzeigen|mehr aus|aktuelle nachrichten|verwandte artikel|ähnliche artikel|neueste artikel|top artikel|verwandte themen|
leserkommentare|mehr|commentaires|commenter|laisser un commentaire|articles liés|à lire aussi|lire aussi|à lire également|
sur le même sujet|les plus lus|le plus lu|plus d articles|à la une|vous aimerez aussi|recommandé pour vous|mots clés|
dans la même rubrique|à voir aussi|articles similaires|nos derniers articles|comentarios|deja un comentario|
deja una respuesta|noticias relacionadas|artículos relacionados|relacionadas|relacionados|lo más leído|lo más visto|
más leídas|te puede interesar|también te puede interesar|te recomendamos|más noticias|etiquetas|temas|últimas noticias|
más sobre este tema|más información|archivado en|comentários|deixe um comentário|deixe uma resposta|notícias relacionadas|
leia também|leia mais|mais lidas|mais lidos|veja também|últimas notícias|matérias relacionadas|commenti|lascia un commento|
articoli correlati|leggi anche|i più letti|più letti|potrebbe interessarti|ti potrebbe interessare|ultime notizie|reacties|
reageer|lees ook|meest gelezen|gerelateerd|gerelateerde artikelen|meer over|meer nieuws|komentarze|czytaj także|czytaj też|
zobacz także|zobacz też|polecane|najczęściej czytane|комментарии|комментировать|читайте также|по теме|похожие статьи|
похожие новости|популярное|самое читаемое|новости партнеров|теги|другие новости|последние новости|коментарі|читайте також|
схожі новини|yorumlar|yorum yap|ilgili haberler|benzer haberler|en çok okunanlar|son dakika|diğer haberler|komentar|baca juga|
berita terkait|terpopuler|kommentarer|läs också|läs även|mest läst|mest lästa|relaterat|les også|mest lest|læs også|mest læst|
関連記事|関連ニュース|おすすめ記事|おすすめ|人気記事|ランキング|アクセスランキング|コメント|あわせて読みたい|最新記事|
新着記事|関連キーワード|相关新闻|相关文章|相关阅读|推荐阅读|热门文章|热门新闻|最新新闻|评论|网友评论|延伸閱讀|相關新聞|
相關文章|熱門新聞|留言|关键词|責任編輯|관련기사|관련 기사|많이 본 뉴스|많이 본 기사|인기기사|댓글|추천기사|주요뉴스|التعليقات|
تعليقات|اقرأ أيضا|إقرأ أيضا|اقرأ أيضاً|اقرأ المزيد|مواضيع ذات صلة|أخبار ذات صلة|الأكثر قراءة|مقالات ذات صلة|آخر الأخبار|
תגובות|כתבות נוספות|عوامل مرتبطة|نظرات|مطالب مرتبط|اخبار مرتبط|संबंधित खबरें|टिप्पणियाँ
"""
# Whole lines, letters only: buttons, labels, names of services.
_BUTTONS = """
share|share on facebook|share on twitter|share on x|share on whatsapp|share on linkedin|share via email|share by email|
share article|share link|tweet|post|pin it|print|print article|email|e mail|email this|mail|copy link|copy url|link copied|
save|save article|bookmark|facebook|twitter|x|x twitter|linkedin|whatsapp|telegram|instagram|pinterest|reddit|flipboard|
youtube|tiktok|messenger|pocket|rss|menu|main menu|search|close|open|home|homepage|log in|login|sign in|sign up|register|
subscribe|subscribe now|my account|skip to content|skip to main content|skip to navigation|advertisement|advertising|advert|
ad|ads|sponsored by|article continues below|article continues below advertisement|continue reading|continue reading below|
continue reading the main story|story continues below advertisement|story continues below|story continues after advertisement|
read more|read full story|read the full story|show more|show less|load more|loading|more|see more|view more|view all|see all|
next|previous|prev|next article|previous article|back|back to top|top|follow|follow on google|listen|listen to article|
listen to this article|play|pause|watch|watch now|play video|video|image|photo|photos|gallery|enlarge|enlarge image|expand|
caption|close caption|hide caption|toggle caption|enlarge this image|image caption|image source|media caption|click to copy|
cookie policy|cookie settings|cookies|privacy policy|terms of use|terms of service|terms|contact us|contact|about us|accept|
accept all|reject all|accept cookies|i agree|report an error|report a typo|report this ad|text size|font size|
share your thoughts|add topic|add as preferred on google|min read|minute read|minutes read|mins read|reading time|teilen|
auf facebook teilen|auf twitter teilen|drucken|artikel drucken|merken|speichern|anzeige|werbung|suche|suchen|startseite|
anmelden|abmelden|registrieren|abonnieren|nach oben|zurück|weiter|schließen|weiterlesen|mehr anzeigen|mehr lesen|vorlesen|
artikel anhören|lesezeit|zur startseite|impressum|datenschutz|kontakt|bild vergrößern|e mail senden|versenden|empfehlen|
min lesezeit|minuten lesezeit|link kopieren|feedback|newsletter abonnieren|partager|partager sur facebook|
partager sur twitter|partager l article|imprimer|publicité|rechercher|accueil|connexion|se connecter|s abonner|je m abonne|
abonnez vous|lire la suite|suite|suivant|précédent|retour|fermer|voir plus|écouter|haut de page|mentions légales|
temps de lecture|min de lecture|envoyer par e mail|copier le lien|compartir|compartir en facebook|compartir en twitter|
imprimir|publicidad|buscar|inicio|iniciar sesión|suscríbete|suscribirse|regístrate|leer más|ver más|siguiente|anterior|cerrar|
escuchar|enviar por correo|copiar enlace|guardar|compartilhar|compartilhe|publicidade|pesquisar|início|entrar|assine|
assine já|ver mais|continua após a publicidade|continua depois da publicidade|condividi|stampa|pubblicità|cerca|accedi|
abbonati|iscriviti|leggi tutto|avanti|indietro|chiudi|ascolta|tempo di lettura|delen|afdrukken|advertentie|zoeken|inloggen|
sluiten|lees verder|udostępnij|drukuj|reklama|szukaj|zaloguj się|zamknij|czytaj więcej|czytaj dalej|поделиться|печать|реклама|
поиск|войти|главная|подписаться|закрыть|читать далее|далее|распечатать|скопировать ссылку|paylaş|yazdır|reklam|ara|giriş yap|
abone ol|kapat|devamını oku|bagikan|cetak|iklan|cari|dela|annons|dela artikeln|skriv ut|sök|logga in|del|del artikkelen|
annonse|シェア|シェアする|ツイート|印刷|検索|メニュー|ログイン|会員登録|閉じる|続きを読む|もっと見る|ホーム|広告|拡大|分享|
打印|搜索|登录|注册|首页|广告|关闭|更多|查看更多|收藏|字体|分享到|微信|微博|공유|공유하기|인쇄|인쇄하기|검색|로그인|회원가입|
광고|닫기|더보기|목록|글자크기|مشاركة|شارك|طباعة|بحث|الرئيسية|تسجيل الدخول|اشترك|إعلان|إغلاق|المزيد|نسخ الرابط|שתף|הדפסה|
חיפוש|اشتراک گذاری|چاپ|جستجو|साझा करें|शेयर करें|विज्ञापन|खोजें
"""
# Lines that begin so lead somewhere else; sentences may begin so too.
_LEADS = r"""
read more\b|read also\b|also read\b|read:|read \||read next\b|see also\b|see more\b|more:|related\s*[:|]|related (?:stor(?:y|
ies)|articles?|topics?|news)\b|watch\s*[:|]|watch now\b|listen:|photos:|video:|live:|don[’']t miss:|what to (?:know|read):|
tags?\s*:|topics\s*:|filed under\b|posted in\b|categor(?:y|ies)\s*:|keywords\s*:|more (?:from|on|about)\b|updated?:|
last updated\b|lesen sie (?:auch|hier|mehr)\b|mehr zum thema\b|mehr (?:dazu|lesen)\b|lesen sie\b.{0,40}:|auch interessant\b|
zum thema\s*:|weiterlesen\b|hier geht es\b|schlag(?:worte|wörter)\s*:|à lire aussi\b|lire aussi\b|à lire\s*:|lire la suite\b|
lire également\b|voir aussi\b|à voir aussi\b|mots[- ]clés\s*:|lea también\b|lee también\b|leer también\b|te puede interesar\b|
también lee\b|ver también\b|lea además\b|más información\s*:|etiquetas\s*:|leia também\b|leia mais\b|veja também\b|
saiba mais\b|leggi anche\b|leggi tutto\b|lees ook\b|lees meer\b|czytaj (?:też|także|również|więcej)\b|zobacz (?:też|także|
również)\b|читайте также\b|читать также\b|смотрите также\b|читайте також\b|теги\s*:|ayrıca okuyun|bunu da oku|baca juga\b|
läs (?:också|även|mer)\b|les også\b|læs også\b|関連記事|あわせて読みたい|続きを読む|相关阅读|相关新闻|延伸阅读|延伸閱讀|
推荐阅读|更多新闻|責任編輯|责任编辑|관련기사|اقرأ أيضا|اقرأ أيضاً|إقرأ أيضا|اقرأ المزيد|شاهد أيضا|קראו גם|עוד בנושא|
यह भी पढ़ें|ये भी पढ़ें
"""
# Lines that begin so ask the reader to do something on the site, or say whose it is.
_ASKS = r"""
click here\b|tap here\b|follow us\b|follow the\b.{0,40}\bon (?:x|twitter|facebook|instagram)\b|like us on\b|join us on\b|
join our\b|sign up (?:for|to|here|now)\b|subscribe (?:to|for|now|here|today)\b|get (?:the latest|our|breaking|
all the latest)\b.{0,80}\b(?:inbox|newsletter|updates|alerts)\b|share (?:this|on|via|article|the article|your (?:thoughts|
views|opinion))\b|download (?:our|the)\b.{0,30}\bapp\b|©|\(c\) ?(?:19|20)\d\d|copyright (?:©|\(c\)|ⓒ|by\b|(?:19|20)\d\d)|ⓒ|
folgen sie uns\b|jetzt (?:abonnieren|anmelden|newsletter)\b|abonnieren sie\b|abonnez[- ]vous\b|inscrivez[- ]vous\b|
suivez[- ]nous\b|partager\b.{0,30}\bsur\b|síguenos\b|suscríbete\b|suscríbase\b|regístrate\b|haz clic\b|haga clic\b|
siga[- ]nos\b|inscreva-se\b|assine (?:já|agora|a newsletter)\b|clique aqui\b|iscriviti\b|seguici\b|clicca qui\b|volg ons\b|
meld je aan\b|подписывайтесь\b|подпишитесь\b|підписуйтесь\b|abone olun|följ oss\b|følg oss\b|扫一扫|扫码|저작권자|تابعونا|
اشترك (?:في|الآن)
"""
# Notices that may be long, wherever in the line they stand.
_NOTICES = r"""
all rights? reserved|alle rechte vorbehalten|tous droits réservés|(?:todos los )?derechos reservados|
todos os direitos reservados|tutti i diritti (?:sono )?riservati|riproduzione riservata|все права защищены|
tüm hakları saklıdır|alle rechten voorbehouden|wszelkie prawa zastrzeżone|無断転載|无断转载|版权所有|版權所有|무단\s?전재|
جميع الحقوق محفوظة|may not be (?:published, broadcast|reproduced)|we (?:and our partners )?use (?:\w+ )?cookies|uses cookies|
wir (?:verwenden|nutzen|setzen) cookies|nous utilisons des cookies|(?:utilizamos|usamos) cookies|utilizziamo i? ?cookie|
używamy (?:plików )?cookies|мы используем cookie|wij gebruiken cookies|accept(?:ing)? (?:all )?cookies|
your email address will not|email address is invalid|(?:enable|turn on|requires) javascript|javascript (?:is|seems to be|
must be) (?:disabled|enabled)|recaptcha|privacy policy and terms|terms (?:of (?:use|service)|and conditions) and (?:the |
our )?privacy|by (?:signing|subscribing|clicking|providing|registering|submitting|continuing)\b.{0,120}\b(?:agree|accept|
consent|acknowledge)|unsubscribe at any time|(?:sign up|subscribe)\b.{0,80}\bnewsletter|newsletters?\b.{0,60}\b(?:abonnieren|
anmelden|bestellen|abonnez|inscrire|suscr[ií]b|assine|iscriviti)|log in to (?:comment|leave)|you must be (?:logged in|
registered)|already (?:a subscriber|have an account)|create (?:a free|an) account|this (?:article|site|page|
website) (?:may )?contains? affiliate|we (?:may )?earn (?:a )?commission|ihre e-mail-adresse wird nicht|
e-?mail-?adresse wird nicht veröffentlicht|adresse e-mail ne sera pas|dirección de correo electrónico no será
"""


def _keys(words: str) -> frozenset[str]:
    return frozenset(letters_and_spaces(key) for key in words.replace("\n", "").split("|") if key)


def letters_and_spaces(text: str) -> str:
    """A line without case, digits and marks: what whole lines are compared by."""
    return NOT_LETTERS.sub(" ", text).strip().casefold()


def _pattern(alternatives: str) -> re.Pattern[str]:
    """For lower case: to ignore case while searching takes twice the time."""
    return re.compile("(?:" + alternatives.replace("\n", "") + ")")


ENDS = _keys(_ENDS)
BUTTONS = _keys(_BUTTONS)
LEADS = _pattern(_LEADS)
ASKS = _pattern(_ASKS)
NOTICES = _pattern(_NOTICES)
# Marks that begin a line which leads elsewhere.
ARROWS = re.compile(
    "[\u25ba\u25b6\u00bb\u203a\u2192\u27a1\u279c\u23e9\u25b8\u25b7\u2714\U0001f449\U0001f4f7\U0001f4f8\U0001f3a5\u2630\u00d7\u2715]"
)
