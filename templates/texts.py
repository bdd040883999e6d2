"""The texts people wrote, filled in: ``messages/<kind>/<language>.jinja`` and ``legal/<country>/…``.

They are plain text with paragraphs; the layouts turn them into HTML or a letter. A name that a template uses and
nobody filled is an error. Escaping is the layouts' work, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import jinja2

from domain.law import LAWS
from domain.words import Message
from templates.content import Content
from templates.errors import RenderError
from templates.view import View

HERE = Path(__file__).parent
KINDS = (Message.INVOICE, Message.DUE_REMINDER, Message.REMINDER, Message.LAST_REMINDER, Message.RECEIPT)
"""What a debtor is told. The other kinds go to the agency."""
_LEGAL = (Message.REMINDER, Message.LAST_REMINDER)


@dataclass(frozen=True, slots=True)
class Texts:
    """One message's texts in one language."""

    subject: str
    title: str
    body: tuple[str, ...]
    sms: str
    legal: tuple[str, ...]


def environment(folder: Path = HERE) -> jinja2.Environment:
    """Make an environment that is strict about names, plain about text, and escapes in every HTML layout."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def texts_of(jinja: jinja2.Environment, content: Content, view: View) -> Texts:
    """Fill the message's texts.

    Raises:
        RenderError: no such text, a broken one, or one that the law's demands cannot be met with.

    """
    if content.message not in KINDS:
        raise RenderError(f"messages/{content.message}", "there is no such message to a customer")
    name = f"messages/{content.message}/{view.language}.jinja"
    values = {field.name: getattr(view, field.name) for field in fields(View)}
    with broken_as_render_error(name):
        template = jinja.get_template(name)
        blocks = {block: _block(template, block, values) for block in ("subject", "title", "body", "sms")}
    return Texts(
        subject=_line(blocks["subject"]),
        title=_line(blocks["title"]),
        body=paragraphs(blocks["body"]),
        sms=_line(blocks["sms"]),
        legal=_legal(jinja, content, view.language, values),
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """Blank lines part paragraphs; within one, line breaks are the author's own."""
    return tuple(line for part in re.split(r"\n[ \t]*\n", text) if (line := _line(part)))


@contextmanager
def broken_as_render_error(name: str) -> Iterator[None]:
    """Say what is wrong with a template in one sentence."""
    try:
        yield
    except jinja2.TemplateNotFound as error:
        raise RenderError(name, f"{error.name} does not exist") from None
    except jinja2.TemplateSyntaxError as error:
        raise RenderError(error.name or name, f"line {error.lineno}: {error.message}") from None
    except jinja2.UndefinedError as error:
        raise RenderError(name, str(error.message)) from None


def _legal(jinja: jinja2.Environment, content: Content, language: str, values: dict[str, Any]) -> tuple[str, ...]:
    """Say what the law of the debtor's country wants said. A country without its texts gets no reminder from us."""
    if content.message not in _LEGAL:
        return ()
    name = f"legal/{content.customer.country}/{content.message}.{language}.jinja"
    with broken_as_render_error(name):
        return paragraphs(jinja.get_template(name).render(values, notice_days=_notice_days(content, name)))


def _notice_days(content: Content, name: str) -> int | None:
    """Check the days that a notice of collection must give: the text states them, so they must be true."""
    law = LAWS.get(content.customer.country)
    if content.message is not Message.LAST_REMINDER or law is None or law.collection.notice is None:
        return None
    days, source = law.collection.notice
    if (content.pay_by - content.today).days < days:
        raise RenderError(name, f"pay-by {content.pay_by} is less than {days} days after {content.today} ({source})")
    return days


def _block(template: jinja2.Template, block: str, values: dict[str, Any]) -> str:
    if block not in template.blocks:
        raise RenderError(str(template.name), f"block {block} is missing")
    return "".join(template.blocks[block](template.new_context(values)))


def _line(text: str) -> str:
    return re.sub(r"[ \t\n]+", " ", text).strip()
