"""The texts people wrote, filled in: ``messages/<kind>.jinja``, in English, and the catalogues for the other languages.

They are plain text with paragraphs; the layouts turn them into HTML or a letter. A name that a template uses and
nobody filled is an error. Escaping is the layouts' work, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import jinja2

from domain.words import Message
from templates.catalogues import translate
from templates.content import Content
from templates.errors import RenderError
from templates.view import View

HERE = Path(__file__).parent
KINDS = (
    Message.INVOICE,
    Message.DUE_REMINDER,
    Message.REMINDER,
    Message.LAST_REMINDER,
    Message.DEMAND,
    Message.CORRECTION,
    Message.ANSWER,
    Message.RECEIPT,
)
"""What a debtor is told. The other kinds go to the agency."""
_OF_LAW = {Message.DEMAND: ("demand",), Message.ANSWER: ("further",)}
"""What the country's own terms say inside a message: what a demand is called, how an answer may be questioned."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One message's texts in one language."""

    subject: str
    title: str
    body: tuple[str, ...]
    sms: str


def environment(folder: Path = HERE) -> jinja2.Environment:
    """Make an environment that is strict about names, plain about text, and escapes in every HTML layout."""
    jinja = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    translate(jinja)
    return jinja


def texts_of(jinja: jinja2.Environment, content: Content, view: View) -> Texts:
    """Fill the message's texts.

    Raises:
        RenderError: no such text, or a broken one.

    """
    if content.message not in KINDS:
        raise RenderError(f"messages/{content.message}", "there is no such message to a customer")
    name, values = f"messages/{content.message}.jinja", values_of(view)
    country = content.customer.country
    values |= {block: worded(jinja, country, block, values) for block in _OF_LAW.get(content.message, ())}
    with broken_as_render_error(name):
        template = jinja.get_template(name)
        blocks = {block: _block(template, block, values) for block in ("subject", "title", "body", "sms")}
    return Texts(
        subject=_line(blocks["subject"]),
        title=_line(blocks["title"]),
        body=paragraphs(blocks["body"]),
        sms=_line(blocks["sms"]),
    )


def worded(jinja: jinja2.Environment, country: str, block: str, values: Mapping[str, Any]) -> str:
    """Say something of the law in the country's own terms, or else in neutral ones; empty where rows say it."""
    with broken_as_render_error(f"legal/{country}.jinja"):
        for template in (*_own(jinja, country), jinja.get_template("legal/default.jinja")):
            if block in template.blocks:
                return _line(_block(template, block, values))
    return ""


def values_of(view: View) -> dict[str, Any]:
    """What the texts may name: the fields of the view."""
    return {field.name: getattr(view, field.name) for field in fields(View)} | {"is_payable": view.is_payable}


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


def _own(jinja: jinja2.Environment, country: str) -> Iterator[jinja2.Template]:
    try:
        yield jinja.get_template(f"legal/{country}.jinja")
    except jinja2.TemplateNotFound:
        return


def _block(template: jinja2.Template, block: str, values: Mapping[str, Any]) -> str:
    if block not in template.blocks:
        raise RenderError(str(template.name), f"block {block} is missing")
    return "".join(template.blocks[block](template.new_context(dict(values))))


def _line(text: str) -> str:
    return re.sub(r"[ \t\n]+", " ", text).strip()
