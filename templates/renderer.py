"""Content in, message out: the same words on each channel."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import assert_never

import css_inline

from domain.policy import Channel
from templates.content import Content, Email, Letter, Rendered, Sms
from templates.errors import RenderError
from templates.inspection import text_in
from templates.legal import Legal, legal_of
from templates.letter import Typesetter
from templates.mail import email_of, inliner
from templates.sms import sms
from templates.texts import HERE, Texts, environment, texts_of
from templates.view import View, view_of

__all__ = ["RenderError", "Renderer"]


class Renderer:
    """Holds the template engines; make one per process and call it from any thread.

    Every method raises `RenderError`, and nothing else, when a template is broken or the content lacks what the
    message needs.
    """

    def __init__(self, folder: Path = HERE) -> None:
        self._jinja = environment(folder)
        self._typesetter = Typesetter(folder)
        self._of_thread = threading.local()

    def email(self, content: Content) -> Email:
        """Render subject, text and HTML."""
        view, texts, legal = self._words(content, Channel.EMAIL)
        email = email_of(self._jinja, self._css(), content, view, texts, legal)
        legal.check("messages/layout.txt", email.text)
        return email

    def sms(self, content: Content) -> Sms:
        """Render the text, and say what it costs."""
        return sms(self._words(content, Channel.SMS)[1].sms)

    def letter(self, content: Content) -> Letter:
        """Render a PDF on A4: the same bytes for the same content."""
        view, texts, legal = self._words(content, Channel.LETTER)
        letter = self._typesetter.letter(content, view, texts, legal)
        if legal.demanded:
            legal.check("letter.typ", text_in(letter.pdf))
        return letter

    def render(self, content: Content, channel: Channel) -> Rendered:
        """Render for a channel that reaches the debtor."""
        match channel:
            case Channel.EMAIL:
                return self.email(content)
            case Channel.SMS:
                return self.sms(content)
            case Channel.LETTER:
                return self.letter(content)
            case Channel.COLLECTION:
                raise RenderError("collection", "an agency gets a claim, not a message to a customer")
            case _:
                assert_never(channel)

    def _words(self, content: Content, channel: Channel) -> tuple[View, Texts, Legal]:
        view = view_of(content)
        texts = texts_of(self._jinja, content, view)
        return view, texts, legal_of(self._jinja, content, view, channel)

    def _css(self) -> css_inline.CSSInliner:
        inline: css_inline.CSSInliner | None = getattr(self._of_thread, "css", None)
        if inline is None:
            inline = self._of_thread.css = inliner()
        return inline
