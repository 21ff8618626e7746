"""A filter out of named rules: the first that is broken rejects the article, its name and the value are the detail."""

from collections.abc import Callable, Mapping

from tasks.filters._options import rules_left
from tasks.filters._texts import Reading, read
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article

# What is wrong, with the value that was found; None: the rule is kept.
Rule = Callable[[Reading], str | None]


def make_filter(name: str, option: str, reason: Reason, rules: Mapping[str, Rule]) -> Callable[[Article], Rejection | None]:
    """``option``: on, or without:rule,rule; raises FixTheRun for another."""
    left = rules_left(name, option, rules)

    def check(article: Article) -> Rejection | None:
        reading = read(article)
        found = next(((rule, wrong) for rule, asks in left.items() if (wrong := asks(reading))), None)
        return reject_article(article, reason, f"{found[0]}: {found[1]}") if found else None

    return check
