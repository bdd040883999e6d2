"""E-mail: one text part, and the same as HTML with its style written into every element."""

from __future__ import annotations

from functools import cache

import css_inline
import jinja2

from domain.words import Message
from templates.content import Content, Email
from templates.errors import RenderError
from templates.formats import plain
from templates.legal import Legal
from templates.texts import HERE, Texts, broken_as_render_error
from templates.view import View

_MOST_LINES = 40
"""Longer invoices show their sums only: mail readers cut a message off at about 100 kB."""


def inliner() -> css_inline.CSSInliner:
    """Make an inliner that keeps the media queries (dark mode, narrow screens) and fetches nothing."""
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def email_of(
    jinja: jinja2.Environment, css: css_inline.CSSInliner, content: Content, view: View, texts: Texts, legal: Legal
) -> Email:
    """Lay the message out twice."""
    shows_lines = content.message is Message.INVOICE and 0 < len(view.lines) <= _MOST_LINES
    values = {"v": view, "t": texts, "legal": legal.paragraphs, "language": view.language, "shows_lines": shows_lines}
    with broken_as_render_error("messages/layout.txt"):
        text = jinja.get_template("messages/layout.txt").render(values)
    with broken_as_render_error("messages/layout.html"):
        html = jinja.get_template("messages/layout.html").render(values, style=_style())
    try:
        inlined = css.inline(html)
    except css_inline.InlineError as error:
        raise RenderError("messages/style.css", str(error)) from None
    return Email(subject=plain(texts.subject), text=plain(text).strip() + "\n", html=inlined)


@cache
def _style() -> str:
    return (HERE / "messages" / "style.css").read_text(encoding="utf-8")
