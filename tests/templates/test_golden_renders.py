"""What each message says, word by word, for four merchants. ``pytest --rewrite`` writes the files anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import text_of_pdf
from template_contents import content, in_euro, in_norway

from domain.languages import LANGUAGES
from domain.words import Message
from templates.content import Content
from templates.renderer import Renderer
from templates.texts import KINDS

GOLDEN = Path(__file__).parent / "golden"
MAKERS = {"swedish": content, "plain": content, "norwegian": in_norway, "euro": in_euro}
FEES = {"swedish": "60.00", "plain": "60.00", "norwegian": "37.00", "euro": "0"}


def stage(merchant: str, message: Message, language: str) -> Content:
    """The same invoice at each message: a fee at the first reminder, and a part paid before the last."""
    changes: dict[str, object] = {"lines": (), "amount": "249.00"} if merchant == "plain" else {}
    match message:
        case Message.REMINDER:
            changes |= {"fee": FEES[merchant]}
        case Message.LAST_REMINDER:
            changes |= {"earlier_fees": FEES[merchant], "paid": "100.00"}
        case Message.RECEIPT:
            changes |= {"paid": changes.get("amount", "918.50")}
    return MAKERS[merchant](message, language, **changes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", KINDS)
@pytest.mark.parametrize("merchant", MAKERS)
def test_messages_read_as_their_golden_files(renderer: Renderer, rewrite, merchant, message, language) -> None:
    made = stage(merchant, message, language)
    email, sms, letter = renderer.email(made), renderer.sms(made), renderer.letter(made)
    parts = {
        "e-mail": f"{email.subject}\n\n{email.text}",
        f"SMS, {sms.segments} × {sms.alphabet}": sms.text,
        f"letter, {letter.pages} p.": text_of_pdf(letter.pdf),
    }
    text = "\n\n".join(f"===== {name} =====\n{part.rstrip()}" for name, part in parts.items()) + "\n"

    compare(GOLDEN / merchant / f"{message}.{language}.txt", text, rewrite)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", KINDS)
def test_html_is_as_its_golden_file(renderer: Renderer, rewrite, message, language) -> None:
    html = renderer.email(stage("swedish", message, language)).html

    compare(GOLDEN / "swedish" / f"{message}.{language}.html", html, rewrite)


def compare(path: Path, text: str, rewrite: bool) -> None:
    if rewrite:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text
