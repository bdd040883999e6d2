"""The one error of this package."""

from __future__ import annotations


class RenderError(Exception):
    """A message cannot be rendered: which template, and what is missing or broken.

    It carries no internals of the template engines, so it can be shown to the people who keep the texts.
    """

    def __init__(self, template: str, problem: str) -> None:
        super().__init__(f"{template}: {problem}")
        self.template = template
        self.problem = problem
