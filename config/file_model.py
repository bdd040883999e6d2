"""What every part of a file that people write has in common, and the words that may stand for nothing."""

from __future__ import annotations

from pydantic import BaseModel, BeforeValidator, ConfigDict

from config.problems import shape, wrong


class FileModel(BaseModel):
    """No unknown keys, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, arbitrary_types_allowed=True)


def unless(word: str) -> BeforeValidator:
    """Take the word for nothing at all."""

    def read(value: object) -> object:
        if isinstance(value, str) and value.strip() != word:
            raise wrong(f"is {shape(value)}", f'write "{word}", or lines of "key: value" below it')
        return None if isinstance(value, str) else value

    return BeforeValidator(read)


def list_unless(word: str) -> BeforeValidator:
    """Take the word for an empty list."""

    def read(value: object) -> object:
        if isinstance(value, str) and value.strip() != word:
            raise wrong(f"is {shape(value)}", f'write "{word}", or a list such as [email, sms]')
        return [] if isinstance(value, str) else value

    return BeforeValidator(read)
