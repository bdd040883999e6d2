"""The next step as lists and filters hold it."""

import pytest

from activities.looking import next_words
from domain.decisions import Wait
from tests.domain.build import Life, a_policy
from tests.domain.test_waiting import in_doubt


@pytest.mark.parametrize(
    ("life", "words"),
    [
        (Life().live("03-02 10:00"), "distribution: sms"),
        (Life().hear("03-10 10:00 disputed"), "wait: disputed"),
        (in_doubt(), "in doubt: email"),
        (Life(a_policy(collection=None, reminders=())).live("04-10 12:00"), "asked: exhausted"),
    ],
    ids=["a step and its channel", "why nothing is done", "what may be out", "what a person is asked"],
)
def test_the_next_step_says(life: Life, words: str):
    wait = life.decide()

    assert isinstance(wait, Wait)
    assert next_words(wait, life.facts) == words
