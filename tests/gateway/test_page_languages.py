"""The page speaks its customer's language, all of it, and offers the others."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from config.merchants import Loaded, load_merchant
from domain.languages import LANGUAGES
from domain.policy import Channel
from domain.words import Message
from gateway.wording import NAMES, preferred
from templates.catalogues import catalogue
from tests.gateway.cases import Kept, sek
from tests.live.house import House

OTHERS = [language for language in LANGUAGES if language != "en"]
SAID = ("How to pay", "How the sum comes about", "What has happened", "Messages to you", "Download as PDF", "Copy")
"""Some of what every page says."""


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The example merchant, who has come to write in every language."""
    example = Path("examples/merchants/nordljus.yaml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("merchants") / "nordljus.yaml"
    path.write_text(example.replace("[sv, en]", f"[{', '.join(LANGUAGES)}]"), encoding="utf-8")
    return load_merchant(path)


async def opened(
    house: House, web: httpx.AsyncClient, number: str, loaded: Loaded, language: str, asked: str = ""
) -> str:
    case = Kept(house.books, number, "2026-04-20T12:00", loaded=loaded, language=language)
    token = case.send(Channel.EMAIL, "2026-03-02T09:00").token
    case.send(Channel.EMAIL, "2026-04-07T09:00", Message.REMINDER, "reminder-1", fee=sek("60.00"), pay_by="2026-04-16")
    answer = await web.get(f"/i/{token}", params={"lang": asked} if asked else {})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_in_the_customer_s_language(
    house: House, web: httpx.AsyncClient, number: str, everywhere: Loaded, language: str
):
    html = await opened(house, web, number, everywhere, language)

    assert f'<html lang="{language}">' in html
    for text in SAID:
        assert catalogue(language).gettext(text) in html
    if language != "en":
        assert not [text for text in SAID if re.search(rf">\s*{text}\s*<", html)]


@pytest.mark.parametrize("language", OTHERS)
async def test_the_page_is_in_the_language_that_is_asked_for(
    house: House, web: httpx.AsyncClient, number: str, everywhere: Loaded, language: str
):
    html = await opened(house, web, number, everywhere, "en", language)

    assert f'<html lang="{language}">' in html
    assert catalogue(language).gettext("How to pay") in html


async def test_the_page_offers_every_other_language_by_its_own_name(
    house: House, web: httpx.AsyncClient, number: str, everywhere: Loaded
):
    html = await opened(house, web, number, everywhere, "fi")
    offered = dict(re.findall(r'hreflang="(\w+)">(\w+)</a>', html))

    assert offered == {tag: name for tag, name in NAMES.items() if tag != "fi"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("no,en;q=0.8", "nb"),
        ("nn-NO", "nb"),
        ("et, fi;q=0.5", "fi"),
        ("ja", "en"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_somebody_unknown_is_answered_in_a_language_of_theirs(accepted: str, language: str):
    assert preferred(accepted) == language


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_link_that_leads_nowhere_says_so_in_the_browsers_language(web: httpx.AsyncClient, language: str):
    answer = await web.get("/i/nothing", headers={"accept-language": language, "accept": "text/html"})

    assert answer.status_code == 404
    assert catalogue(language).gettext("We cannot find this page") in answer.text
