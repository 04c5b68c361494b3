"""A YAML file as a stranger hands it over: limited, without aliases, every fault with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ..errors import Fault, because

MOST_BYTES = 5_000_000
DEEPEST = 20
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]
"""The way to a value: keys and positions."""


class YamlSource:
    """A file and what is wrong with it.

    Args:
        file: Its path.

    Attributes:
        faults: What is wrong, so far.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self._root: yaml.Node | None = None

    def load(self) -> Any:
        """Its content; None where it can't be read, with the fault."""
        text = self._text()
        if text is None or not self._harmless(text):
            return None
        try:
            self._root = yaml.compose(text, Loader=_FAST)
            data = yaml.load(text, Loader=_FAST)
        except yaml.YAMLError as error:
            self._broken(error)
            return None
        except ValueError as error:
            self._at(1, f"can't be read: {because(error)}; give YAML, saved as UTF-8")
            return None
        if self._root is None:
            self._at(1, "file: is empty; start with `schema: 1` and `tasks:`")
            return None
        self._check_keys(self._root, ())
        return data

    def fault(self, place: Place, rule: str) -> None:
        """Say that a value breaks a rule.

        Args:
            place: The way to it.
            rule: Which, and what to do.
        """
        field = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place).lstrip(".")
        self._at(self._line(place), f"{field or 'file'}: {rule}")

    def _at(self, line: int, rule: str) -> None:
        found = Fault(f"{self.file}:{line}: {rule}", line)
        if found not in self.faults:
            self.faults.append(found)

    def _text(self) -> str | None:
        try:
            size = self.file.stat().st_size
            if size > MOST_BYTES:
                self._at(1, f"file: has {size:,} bytes; at most {MOST_BYTES:,} are read")
                return None
            return self.file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            self._at(1, f"can't be read: {because(error)}; give YAML, saved as UTF-8")
            return None

    def _harmless(self, text: str) -> bool:
        """Whether it may be composed: events come one by one, whatever they would build."""
        depth = 0
        try:
            for event in yaml.parse(text, Loader=_FAST):
                line = event.start_mark.line + 1 if event.start_mark is not None else 1
                if isinstance(event, yaml.AliasEvent):
                    self._at(line, f"*{event.anchor}: aliases are not taken; write it out")
                    return False
                depth += isinstance(event, yaml.CollectionStartEvent)
                depth -= isinstance(event, yaml.CollectionEndEvent)
                if depth > DEEPEST:
                    self._at(line, f"file: is nested deeper than {DEEPEST}; a task file needs 6")
                    return False
        except yaml.YAMLError as error:
            self._broken(error)
            return False
        return True

    def _broken(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "is not YAML"
        self._at(mark.line + 1 if mark is not None else 1, f"{problem}; use YAML")

    def _check_keys(self, node: yaml.Node, place: Place) -> None:
        """YAML takes the last of two equal keys in silence; a task file may not have them."""
        if isinstance(node, yaml.SequenceNode):
            for i, inner in enumerate(node.value):
                self._check_keys(inner, (*place, i))
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, inner in node.value:
                if str(key.value) in seen:
                    self.fault((*place, str(key.value)), f"{key.value!r} stands here twice")
                seen.add(str(key.value))
                self._check_keys(inner, (*place, str(key.value)))

    def _line(self, place: Place) -> int:
        node = self._root
        if node is None:
            return 1
        for step in place:
            inner: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                inner = next((v for k, v in node.value if k.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                inner = node.value[step]
            if inner is None:
                break
            node = inner
        return int(node.start_mark.line) + 1
