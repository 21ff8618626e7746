"""An agenda comes out of its JSON as it went in."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tasks.sites import Agenda, Agent, Limits, Site

TEXTS = st.text(max_size=12)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
SITES = st.builds(
    Site, TEXTS, LISTS, LISTS, LISTS, TEXTS, st.floats(0, 60), st.integers(0, 9), include=LISTS, exclude=LISTS, language=TEXTS
)
LIMITS = st.builds(Limits, st.floats(0.05, 99), newest_days=st.floats(1, 99), most_urls=st.integers(1, 9), allow_networks=LISTS)
AGENDAS = st.builds(Agenda, st.builds(Agent, TEXTS, TEXTS), LIMITS, st.lists(SITES, max_size=3).map(tuple), st.booleans(), TEXTS)


def encodable(agenda: Agenda) -> bool:
    try:
        agenda.to_json()
    except UnicodeEncodeError:  # half a surrogate pair, which no file can hold either
        return False
    return True


@given(AGENDAS.filter(encodable))
def test_there_and_back(agenda):
    assert Agenda.from_json(agenda.to_json()) == agenda


def test_fields_of_later_versions_are_left_out():
    stored = json.loads(Agenda(Agent("a", "b"), Limits(), (Site("s"),)).to_json())
    stored["mood"] = stored["agent"]["mood"] = stored["limits"]["mood"] = stored["sites"][0]["mood"] = "good"
    assert Agenda.from_json(json.dumps(stored).encode()) == Agenda(Agent("a", "b"), Limits(), (Site("s"),))


def test_who_visits_is_told():
    name, _, contact = Agent("examplebot", "https://example.org/bot").user_agent.partition(" ")
    assert name.startswith("examplebot/")
    assert contact == "(+https://example.org/bot)"
