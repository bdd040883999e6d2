"""Content in, message out: the same words on each channel."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import assert_never

import css_inline

from domain.policy import Channel
from templates.content import Content, Email, Letter, Rendered, Sms
from templates.errors import RenderError
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
        view, texts = self._words(content)
        return email_of(self._jinja, self._css(), content, view, texts)

    def sms(self, content: Content) -> Sms:
        """Render the text, and say what it costs."""
        return sms(self._words(content)[1].sms)

    def letter(self, content: Content) -> Letter:
        """Render a PDF on A4: the same bytes for the same content."""
        return self._typesetter.letter(content, *self._words(content))

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

    def _words(self, content: Content) -> tuple[View, Texts]:
        view = view_of(content)
        return view, texts_of(self._jinja, content, view)

    def _css(self) -> css_inline.CSSInliner:
        inline: css_inline.CSSInliner | None = getattr(self._of_thread, "css", None)
        if inline is None:
            inline = self._of_thread.css = inliner()
        return inline
