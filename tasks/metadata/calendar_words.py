"""Names of months and zones as news pages write them. Facts only; how they are used is in dates.py."""

# ruff: noqa: RUF001 - Turkish months have a dotless i, Greek and Cyrillic letters look like Latin ones

# Months in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Ukrainian, Swedish, Norwegian,
# Danish, Finnish, Czech, Slovak, Romanian, Hungarian, Greek, Lithuanian, Bulgarian, Turkish, Indonesian: nominative,
# genitive and short forms. Below, Arabic as Egypt, the Maghreb and the Levant name them.
_NAMES = {
    1: "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń sty января январь "
    "янв січня tammikuuta ledna leden ianuarie ocak oca január januára ιανουαρίου sausio януари",
    2: "february feb februar feber février févr fév fevrier febrero febbraio fevereiro fev februari lutego luty lut "
    "февраля февраль фев лютого helmikuuta února únor februarie şubat şub február februára φεβρουαρίου vasario февруари",
    3: "march mar märz mär maerz mars marzo março maart mrt marca marzec марта март мар березня maaliskuuta března "
    "březen martie mart maret március μαρτίου kovo",
    4: "april apr avril avr abril abr aprile kwietnia kwiecień kwi апреля апрель апр квітня huhtikuuta dubna duben "
    "aprilie nisan nis április apríla απριλίου balandžio",
    5: "may mai mayo maggio mag maio mei maja maj мая май травня toukokuuta května květen mayıs május mája μαΐου μαίου gegužės",
    6: "june jun juni juin junio giugno giu junho czerwca czerwiec cze июня июнь июн червня kesäkuuta června červen "
    "iunie haziran haz június júna ιουνίου birželio юни",
    7: "july jul juli juillet juil julio luglio lug julho lipca lipiec lip июля июль июл липня heinäkuuta července "
    "červenec iulie temmuz tem július júla ιουλίου liepos юли",
    8: "august aug août aout agosto ago agustus augustus augusti sierpnia sierpień sie августа август авг серпня "
    "elokuuta srpna srpen ağustos ağu augusztus augusta αυγούστου rugpjūčio",
    9: "september sep sept septembre septiembre setiembre settembre set setembro września wrzesień wrz сентября сентябрь "
    "сен сент вересня syyskuuta září septembrie eylül eyl szeptember septembra σεπτεμβρίου rugsėjo септември",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out października październik paź октября октябрь окт "
    "жовтня lokakuuta října říjen octombrie ekim eki október októbra οκτωβρίου spalio октомври",
    11: "november nov novembre noviembre novembro listopada listopad lis ноября ноябрь ноя нояб marraskuuta noiembrie kasım "
    "kas novembra νοεμβρίου lapkričio ноември",
    12: "december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro grudnia grudzień gru декабря "
    "декабрь дек грудня joulukuuta prosince prosinec decembrie aralık ara desember des decembra δεκεμβρίου gruodžio декември",
}
_ARABIC = {
    1: "يناير جانفي",
    2: "فبراير فيفري شباط",
    3: "مارس آذار",
    4: "أبريل ابريل إبريل أفريل نيسان",
    5: "مايو أيار ماي",
    6: "يونيو يونيه جوان حزيران",
    7: "يوليو يوليه جويلية تموز",
    8: "أغسطس اغسطس أوت",
    9: "سبتمبر أيلول",
    10: "أكتوبر اكتوبر",
    11: "نوفمبر",
    12: "ديسمبر",
}
MONTHS = {name: month for table in (_NAMES, _ARABIC) for month, names in table.items() for name in names.split()}

# Minutes east of UTC. BST and IST stand for London and India, as they do in nearly all news.
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "eet": 120, "eest": 180, "msk": 180, "trt": 180, "sast": 120, "cat": 120, "wat": 60, "eat": 180, "pkt": 300, "ist": 330,
    "npt": 345, "wib": 420, "ict": 420, "wita": 480, "sgt": 480, "hkt": 480, "myt": 480, "pht": 480, "awst": 480, "wit": 540,
    "jst": 540, "kst": 540, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "est": -300, "edt": -240,
    "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "nst": -210,
    "ndt": -150, "adt": -180, "brt": -180, "art": -180,
}  # fmt: skip
# CST is Chicago's or China's: the language of the page decides, or nobody does.
CENTRAL_BY_LANGUAGE = {"en": -360, "es": -360, "zh": 480}
# Zones without their season, by the zone database; the date decides.
SEASONAL = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
