"""What each message says, word by word, at home and abroad. ``pytest --rewrite`` writes the files anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import text_of_pdf
from template_contents import content, in_denmark, in_euro, in_finland, in_germany, in_norway

from domain.words import Message
from templates.content import Content
from templates.renderer import Renderer
from templates.texts import KINDS

GOLDEN = Path(__file__).parent / "golden"
MAKERS = {
    "swedish": (content, ("sv", "en"), "60.00"),
    "plain": (content, ("sv", "en"), "60.00"),
    "euro": (in_euro, ("sv", "en"), "0"),
    "norwegian": (in_norway, ("nb", "sv", "en"), "37.00"),
    "danish": (in_denmark, ("da",), "100.00"),
    "finnish": (in_finland, ("fi",), "5.00"),
    "german": (in_germany, ("de",), "0.76"),
}
"""Who makes them, in which languages, and what a reminder costs."""
WRITTEN = [(merchant, language) for merchant, (_, languages, _) in MAKERS.items() for language in languages]


def stage(merchant: str, message: Message, language: str) -> Content:
    """The same invoice at each message.

    A fee at the first reminder, a part paid before the last, a part disputed at the demand, which adds a fee and
    interest; a correction takes both back, an answer asks for the rest.
    """
    make, _, fee = MAKERS[merchant]
    changes: dict[str, object] = {"lines": (), "amount": "249.00"} if merchant == "plain" else {}
    match message:
        case Message.REMINDER:
            changes |= {"fee": fee}
        case Message.LAST_REMINDER:
            changes |= {"earlier_fees": fee, "paid": "100.00"}
        case Message.DEMAND:
            changes |= {"earlier_fees": fee, "fee": "105.00", "interest": "12.30", "disputed": "50.00"}
        case Message.CORRECTION:
            charged = make(Message.DEMAND, language, fee="105.00", interest="12.30").added
            changes |= {"taken_back": charged, "paid": changes.get("amount", "918.50") if merchant == "plain" else "0"}
        case Message.RECEIPT:
            changes |= {"paid": changes.get("amount", "918.50")}
    return make(message, language, **changes)


@pytest.mark.parametrize("message", KINDS)
@pytest.mark.parametrize(("merchant", "language"), WRITTEN)
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


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("message", KINDS)
def test_html_is_as_its_golden_file(renderer: Renderer, rewrite, message, language) -> None:
    html = renderer.email(stage("swedish", message, language)).html

    compare(GOLDEN / "swedish" / f"{message}.{language}.html", html, rewrite)


def compare(path: Path, text: str, rewrite: bool) -> None:
    if rewrite:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text
