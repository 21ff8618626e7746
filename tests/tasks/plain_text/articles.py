"""Invented articles as plain text, and what is to be read out of them."""

# ruff: noqa: RUF001 - credits have dashes

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """``body``: the paragraphs of the text; ``at``: published, as ISO minutes or day."""

    name: str
    text: str
    body: tuple[str, ...]
    title: str | None = None
    at: str | None = None
    precision: str | None = None
    authors: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()


PIER = (
    "The harbour board of Port Ellis said on Monday that the northern pier would stay shut until the spring.",
    "Divers found that the storm of last week had washed out more of the sand below it than they had first thought.",
    "Ferries to the islands leave from the old quay meanwhile, and the crossing takes a quarter of an hour longer.",
    "“We would rather have an angry passenger than a wet one,” said the harbour master, Ada Quill.",
)
VERSE = (
    "The kettle sings",
    "and nobody minds,",
    "the bus goes by",
    "with its yellow blinds",
    "",
    "Share the bread",
    "and wipe the sill",
)
TITLE = "Northern pier of Port Ellis stays shut until the spring"


def paragraphs(*lines: str) -> str:
    """With an empty line between them."""
    return "\n\n".join(lines)


WRAPPED = f"""{TITLE}

Nov. 4, 2024

The harbour board said on Monday that the northern pier would stay shut
until the spring, because the storm of last week had washed out more of
the sand below it than the divers had first thought.

Ferries to the islands leave from the old quay meanwhile. The crossing
takes a quarter of an hour longer than it did.
"""
MENU = (
    "Home",
    "News",
    "Sport",
    "Weather",
    "Harbour",
    "Islands",
    "Council",
    "Letters",
    "Jobs",
    "Contact us",
    "Sign in",
    "Subscribe",
)
FOOT = (
    "Most read",
    "Bridge toll rises by a penny",
    "Choir sings in the old cinema",
    "Privacy policy",
    "Terms of use",
    "© 2024 Ellis Post",
)

SAMPLES = (
    Sample(
        "furniture above the headline, a caption, and a related headline below",
        paragraphs(
            "menu", "News from the harbour", TITLE, "November 4, 2024 at 6:05 pm",
            "The pier on Sunday [Jo Reed – Example Agency]", *PIER, "Who pays for the pier of Ellis?",
        ),
        PIER, TITLE, "2024-11-04T18:05", "local_minute",
        captions=("The pier on Sunday [Jo Reed – Example Agency]",),
        set_aside=("menu", "News from the harbour", "Who pays for the pier of Ellis?"),
    ),
    Sample("body only", paragraphs(*PIER), PIER),
    Sample("one paragraph a line, title first", "\n".join((TITLE, *PIER)), PIER, TITLE),
    Sample("carriage returns", "\r\n".join((TITLE, "4 November 2024", *PIER)), PIER, TITLE, "2024-11-04", "day"),
    Sample(
        "byline and date in one line",
        paragraphs(TITLE, "By Jane Doe | 4 November 2024 18:05 GMT", *PIER),
        PIER, TITLE, "2024-11-04T18:05", "minute", ("Jane Doe",),
    ),
    Sample(
        "name and agency without a word for by",
        paragraphs(TITLE, "Jane Doe, Reuters", "2024-11-04T18:05:09+01:00", *PIER),
        PIER, TITLE, "2024-11-04T17:05", "second", ("Jane Doe",),
    ),
    Sample(
        "a dateline is body",
        paragraphs(TITLE, "PORT ELLIS, Nov 4 (Reuters) - " + PIER[0], *PIER[1:]),
        ("PORT ELLIS, Nov 4 (Reuters) - " + PIER[0], *PIER[1:]), TITLE,
    ),
    Sample(
        "a summary below the headline is body",
        paragraphs(TITLE, "Ferries leave from the old quay, a little later than usual", "4 November 2024", *PIER),
        ("Ferries leave from the old quay, a little later than usual", *PIER), TITLE, "2024-11-04", "day",
    ),
    Sample(
        "subheadings are body",
        paragraphs(TITLE, *PIER[:2], "A longer way", *PIER[2:]),
        (*PIER[:2], "A longer way", *PIER[2:]), TITLE,
    ),
    Sample(
        "appeals between the paragraphs go",
        paragraphs(TITLE, PIER[0], "Read more: Ferry timetable", PIER[1], "ADVERTISEMENT", *PIER[2:], "Sign up to our newsletter", "Comments (3)"),
        PIER, TITLE, set_aside=("Read more: Ferry timetable", "ADVERTISEMENT", "Sign up to our newsletter", "Comments (3)"),
    ),
    Sample(
        "several related headlines below",
        paragraphs(TITLE, *PIER, "Bridge toll rises by a penny", "Choir sings in the old cinema"),
        PIER, TITLE, set_aside=("Bridge toll rises by a penny", "Choir sings in the old cinema"),
    ),
    Sample(
        "a list at the end that the text announces",
        paragraphs(TITLE, *PIER, "The ferries that leave from the quay:", "Morning boat to Saint Anne", "Evening boat to Long Rock"),
        (*PIER, "The ferries that leave from the quay:", "Morning boat to Saint Anne", "Evening boat to Long Rock"), TITLE,
    ),
    Sample(
        "a comment that asks, and asks again at its end",
        paragraphs(TITLE, PIER[0], "What did the board think would happen to a pier on sand in a winter such as this one?", *PIER[1:], "Who will pay for the pier?"),
        (PIER[0], "What did the board think would happen to a pier on sand in a winter such as this one?", *PIER[1:], "Who will pay for the pier?"), TITLE,
    ),
    Sample(
        "a last question about something else than the headline",
        paragraphs("Storm shuts northern pier at Port Ellis", *PIER, "And who, one wonders, will tell the gulls?"),
        (*PIER, "And who, one wonders, will tell the gulls?"), "Storm shuts northern pier at Port Ellis",
    ),
    Sample(
        "an interview whose last question stays open",
        paragraphs(
            "“I sleep well”: the harbour master talks", "Ms Quill, will the pier hold?", "I never promised that. " + PIER[1],
            "And the ferries?", PIER[2], "Do you sleep well?", "I sleep very well, thank you, and so should everybody on the islands.", "Will the pier be back?",
        ),
        (
            "Ms Quill, will the pier hold?", "I never promised that. " + PIER[1], "And the ferries?", PIER[2], "Do you sleep well?",
            "I sleep very well, thank you, and so should everybody on the islands.", "Will the pier be back?",
        ),
        "“I sleep well”: the harbour master talks",
    ),
    Sample("a poem", "\n".join(VERSE), tuple(line for line in VERSE if line)),
    Sample("a note", "Shop closed today\nBack on Monday", ("Shop closed today", "Back on Monday")),
    Sample(
        "a list of things",
        "\n".join(f"{number}. {thing}" for number, thing in enumerate(("Rope", "Lamp oil", "Two oars"), 1)),
        ("1. Rope", "2. Lamp oil", "3. Two oars"),
    ),
    Sample(
        "signed at the end",
        paragraphs(TITLE, *PIER, "By Jane Doe", "4 November 2024"),
        PIER, TITLE, "2024-11-04", "day", ("Jane Doe",),
    ),
    Sample(
        "an agency's name in brackets ends the report",
        paragraphs(TITLE, *PIER[:3], PIER[3] + " (AFP)"),
        (*PIER[:3], PIER[3] + " (AFP)"), TITLE,
    ),
    Sample(
        "a header of fields",
        f"Title: {TITLE}\nDate: 4 November 2024\nBy: Jane Doe\nSource: Ellis Post\nWord count: 80\n\n" + paragraphs(*PIER),
        PIER, TITLE, "2024-11-04", "day", ("Jane Doe",), set_aside=("Word count: 80",),
    ),
    Sample(
        "hard-wrapped agency copy",
        WRAPPED,
        tuple(" ".join(paragraph.split()) for paragraph in WRAPPED.split("\n\n")[2:]),
        TITLE, "2024-11-04", "day",
    ),
    Sample(
        "a whole page",
        "\n".join((
            f"{TITLE} | Ellis Post", *MENU, TITLE, "By Jane Doe", "Published 4 November 2024 18:05 GMT", "Share", "The pier on Sunday. Photo: Jo Reed",
            *PIER, *FOOT,
        )),
        PIER, TITLE, "2024-11-04T18:05", "minute", ("Jane Doe",), ("The pier on Sunday. Photo: Jo Reed",),
        set_aside=(f"{TITLE} | Ellis Post", *MENU, "Share", *FOOT),
    ),
    Sample(
        "a whole page without a headline of its own",
        "\n".join((f"{TITLE} - Ellis Post", *MENU, *PIER, *FOOT)),
        PIER, TITLE, set_aside=(f"{TITLE} - Ellis Post", *MENU, *FOOT),
    ),
    Sample(
        "a whole page with readers' comments and a notice",
        "\n".join((
            f"{TITLE} | Ellis Post", "We use cookies to make this site better for you and to measure how it is used.", *MENU, TITLE, *PIER,
            "Related articles", "Bridge toll rises by a penny", "Choir sings in the old cinema", "Comments", "Old Salt",
            "I have said for years that sand is no place for a pier of that weight.", "Reply", *FOOT,
        )),
        PIER, TITLE,
    ),
)  # fmt: skip
