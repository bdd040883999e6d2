"""YAML as a tree in which every scalar is the text that was written, and every place knows its line.

The default loader turns ``NO`` into False, ``21:00`` into 1260 and ``5.00`` into a float; here nothing is turned into
anything. What a file of ours never needs (anchors, aliases, tags, merge keys) is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from config.problems import ConfigError, Problem, Where, shown_key

DEEPEST = 20
"""More levels than any file of ours has."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's content: mappings, lists and text. ``lines`` count from 1; ``problems`` lie in the shape itself."""

    file: str
    data: Any
    lines: Mapping[Where, int]
    problems: tuple[Problem, ...] = ()

    def problem(self, where: Where, problem: str, cure: str) -> Problem:
        """A problem at a place, on the line of the nearest place that the file has."""
        where = _inside(self.data, where)
        return Problem(self.file, self.line(where), shown_key(where), problem, cure)

    def line(self, where: Where) -> int:
        """The line of a place, or of what is around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def read_tree(text: str, file: str) -> Tree:
    """Read a YAML text.

    Raises:
        ConfigError: it is not YAML, or uses what is not allowed here.
    """
    try:
        refused = tuple(_refused(text, file))
        if refused:
            raise ConfigError(refused)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError([_syntax(error, text, file)]) from None
    if node is None:
        raise ConfigError([Problem(file, 1, "", "is empty", "see docs/merchants.md for what belongs in it")])
    lines: dict[Where, int] = {(): node.start_mark.line + 1}
    problems: list[Problem] = []
    data = _plain(node, (), lines, problems, file)
    return Tree(file, data, lines, tuple(problems))


def _plain(node: yaml.Node, where: Where, lines: dict[Where, int], problems: list[Problem], file: str) -> object:
    """The node as mapping, list or text; notes lines and keys written twice on the way."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*where, index)] = item.start_mark.line + 1
        return [_plain(item, (*where, index), lines, problems, file) for index, item in enumerate(node.value)]
    mapping: dict[str, object] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append(Problem(file, line, shown_key(where), "a key must be a word", 'write "key: value"'))
            continue
        place = (*where, key.value)
        if key.value in mapping:
            problem = f"is written twice, on lines {lines[place]} and {line}"
            problems.append(Problem(file, line, shown_key(place), problem, "keep one of them"))
            continue
        lines[place] = line
        mapping[key.value] = _plain(value, place, lines, problems, file)
    return mapping


def _inside(data: object, where: Where) -> Where:
    """The place, without what lies within a text: ``email`` is read as ``{channel: email}``, but not written so."""
    for depth, part in enumerate(where):
        if isinstance(data, list) and isinstance(part, int):
            data = data[part] if part < len(data) else {}
        elif isinstance(data, dict):
            data = data.get(part, {})
        else:
            return where[:depth]
    return where


def _refused(text: str, file: str) -> Iterator[Problem]:
    """What YAML can and our files may not."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > DEEPEST or documents > 1:
            problem = "is nested too deeply" if depth > DEEPEST else "a second document begins here"
            yield Problem(file, line, "", problem, "write one plain document a file")
            return
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            yield Problem(file, line, "", f"the alias *{anchor} is not allowed", "write the value out")
        elif anchor:
            yield Problem(file, line, "", f"the anchor &{anchor} is not allowed", "leave it out")
        elif tag:
            yield Problem(file, line, "", f"the tag {tag} is not allowed", "leave it out; all values are text")
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.style is None:
            yield Problem(file, line, "", "the merge key << is not allowed", "write the keys out")


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = " ".join(filter(None, (error.context, error.problem)))
        cure = "write spaces, not tabs" if "'\\t'" in problem else "see docs/merchants.md"
        return Problem(file, mark.line + 1 if mark else 1, "", f"is not YAML: {problem}", cure)
    position = getattr(error, "position", 0)
    line = text.count("\n", 0, position) + 1
    return Problem(
        file, line, "", f"has a character that YAML does not allow: {getattr(error, 'reason', error)}", "remove it"
    )
