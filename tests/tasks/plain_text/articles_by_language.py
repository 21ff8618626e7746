"""Invented articles in other languages than English."""

# ruff: noqa: RUF001 - these are no Latin letters that look wrong

from tests.tasks.plain_text.articles import Sample, paragraphs

STEG = (
    "Der Steg am Nordufer von Port Ellis bleibt bis zum Frühjahr gesperrt, wie das Hafenamt am Montag mitteilte.",
    "Taucher hatten festgestellt, dass der Sturm der vergangenen Woche mehr Sand fortgespült hat als gedacht.",
    "Die Fähren zu den Inseln legen bis dahin am alten Kai ab, die Überfahrt dauert eine Viertelstunde länger.",
)
JETEE = (
    "La jetée nord de Port-Ellis restera fermée jusqu'au printemps, a annoncé lundi la capitainerie du port.",
    "Les plongeurs ont constaté que la tempête de la semaine dernière avait emporté plus de sable que prévu.",
    "Les bacs partent en attendant du vieux quai, et la traversée dure un quart d'heure de plus.",
)
MUELLE = (
    "El muelle norte de Puerto Elis seguirá cerrado hasta la primavera, informó el lunes la autoridad del puerto.",
    "Los buzos comprobaron que la tormenta de la semana pasada se llevó más arena de la que se pensaba.",
    "Los transbordadores salen mientras tanto del muelle viejo y la travesía dura un cuarto de hora más.",
)
SANBASHI = (
    "港湾局は月曜日、先週の嵐で砂が流された北桟橋を来年の春まで閉鎖すると発表した。",
    "島への連絡船はその間、旧埠頭から出航し、所要時間は十五分ほど長くなるという。",
    "「濡れた客より怒った客のほうがましだ」と港長の佐藤花子さんは話している。",
)
MARSA = (
    "أعلنت هيئة الميناء يوم الاثنين أن الرصيف الشمالي سيبقى مغلقا حتى الربيع المقبل بعد عاصفة الأسبوع الماضي.",
    "وقال الغواصون إن العاصفة جرفت من الرمال تحت الرصيف أكثر مما كان متوقعا في البداية بحسب التقرير.",
    "وتنطلق العبارات إلى الجزر من الرصيف القديم في هذه الأثناء، وتستغرق الرحلة ربع ساعة إضافية.",
)
PRICHAL = (
    "Северный причал порта останется закрытым до весны, сообщило в понедельник управление порта.",
    "Водолазы установили, что шторм на прошлой неделе вымыл из-под него больше песка, чем думали сначала.",
    "Паромы на острова пока отходят от старой пристани, и переправа длится на четверть часа дольше.",
)
MATOU = (
    "港务局星期一宣布，北码头因上周的暴风雨冲走大量泥沙，将关闭到明年春天。",
    "在此期间，开往各岛的渡轮改从旧码头出发，航程比平时多用十五分钟左右。",
    "港务局长说，宁可让乘客生气，也不愿让乘客落水，修复工作下个月开始。",
)

SAMPLES = (
    Sample(
        "a German header of fields",
        "Titel: Steg bleibt gesperrt\nDatum: 04.11.2024 18:05\nAutor: Max Muster\n\nText: " + "\n".join(STEG),
        STEG, "Steg bleibt gesperrt", "2024-11-04T18:05", "local_minute", ("Max Muster",),
    ),
    Sample(
        "German",
        paragraphs("Steg in Port Ellis bleibt gesperrt", "Von Max Muster", "4. November 2024, 18:05 Uhr", *STEG, "Mehr zum Thema", "Fähre fährt seltener als gedacht"),
        STEG, "Steg in Port Ellis bleibt gesperrt", "2024-11-04T18:05", "local_minute", ("Max Muster",),
        set_aside=("Mehr zum Thema", "Fähre fährt seltener als gedacht"),
    ),
    Sample(
        "French",
        paragraphs("La jetée nord restera fermée jusqu'au printemps", "Par Anne Durand", "Publié le 4 novembre 2024 à 18h05", *JETEE, "À lire aussi : l'horaire des bacs"),
        JETEE, "La jetée nord restera fermée jusqu'au printemps", "2024-11-04T18:05", "local_minute", ("Anne Durand",),
        set_aside=("À lire aussi : l'horaire des bacs",),
    ),
    Sample(
        "Spanish",
        paragraphs("El muelle norte seguirá cerrado", "Por Ana Gómez", "4 de noviembre de 2024", *MUELLE, "Te puede interesar", "Suben los precios del transbordador"),
        MUELLE, "El muelle norte seguirá cerrado", "2024-11-04", "day", ("Ana Gómez",),
        set_aside=("Te puede interesar", "Suben los precios del transbordador"),
    ),
    Sample(
        "Japanese",
        "\n".join(("北桟橋、来年春まで閉鎖へ", "2024年11月4日 18時05分", *SANBASHI, "関連記事")),
        SANBASHI, "北桟橋、来年春まで閉鎖へ", "2024-11-04T18:05", "local_minute", set_aside=("関連記事",),
    ),
    Sample(
        "Chinese",
        "\n".join(("北码头将关闭到明年春天", "2024-11-04 18:05:00", *MATOU, "相关新闻")),
        MATOU, "北码头将关闭到明年春天", "2024-11-04T18:05", "local_second", set_aside=("相关新闻",),
    ),
    Sample(
        "Arabic",
        paragraphs("إغلاق الرصيف الشمالي حتى الربيع", "٤ نوفمبر ٢٠٢٤", *MARSA, "اقرأ أيضا"),
        MARSA, "إغلاق الرصيف الشمالي حتى الربيع", "2024-11-04", "day", set_aside=("اقرأ أيضا",),
    ),
    Sample(
        "Russian",
        paragraphs("Северный причал закрыт до весны", "4 ноября 2024, 18:05", *PRICHAL, "Читайте также: расписание паромов"),
        PRICHAL, "Северный причал закрыт до весны", "2024-11-04T18:05", "local_minute", set_aside=("Читайте также: расписание паромов",),
    ),
)  # fmt: skip
