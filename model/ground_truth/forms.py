"""Forms of answers: typed and bounded, so that each is a schema and a reader at once.

A reader takes what a model or a mind gave and returns the value it states, or None: an answer
that breaks its form is a missing answer, never a wrong guess.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from .values import Value, plain

LONGEST_PATTERN = 100
"""Items that a pattern counts out; engines refuse grammars with very many."""


class AnswerForm(ABC):
    """What an answer may be."""

    @abstractmethod
    def read(self, given: Any) -> Value | None:
        """The value that was given; None where it is none of this form.

        Args:
            given: Anything at all; texts are read as people write them.
        """

    @property
    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """As JSON schema."""

    @property
    def text_schema(self) -> dict[str, Any]:
        """As JSON schema of an answer written as text: `enum`, `pattern` or `maxLength`."""
        return {"maxLength": 200}

    @property
    @abstractmethod
    def words(self) -> str:
        """What to answer with, for a prompt."""


@dataclass(frozen=True, slots=True)
class Choice(AnswerForm):
    """One of some options, each a text, a whole number or a flag.

    Attributes:
        options: At least one; texts differ by more than case.
    """

    options: tuple[Value, ...]

    def read(self, given: Any) -> Value | None:
        """An option as it is, or as text without regard to case, quotes and a last full stop.

        Args:
            given: Anything at all.
        """
        for option in self.options:
            if type(given) is type(option) and given == option:
                return option
        if isinstance(given, str | int) and not isinstance(given, bool):
            text = _bare(str(given))
            return next((o for o in self.options if _bare(_typed(o)) == text), None)
        return None

    @property
    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"enum": list(self.options)}

    @property
    def text_schema(self) -> dict[str, Any]:
        """An enumeration of texts."""
        return {"enum": [_typed(o) for o in self.options]}

    @property
    def words(self) -> str:
        """The options, parted by bars."""
        return "one of: " + " | ".join(_typed(o) for o in self.options)


@dataclass(frozen=True, slots=True)
class Flag(AnswerForm):
    """Yes or no."""

    def read(self, given: Any) -> Value | None:
        """True and false, yes and no in any case.

        Args:
            given: Anything at all.
        """
        if isinstance(given, bool):
            return given
        words = {"true": True, "yes": True, "false": False, "no": False}
        return words.get(_bare(given)) if isinstance(given, str) else None

    @property
    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}

    @property
    def text_schema(self) -> dict[str, Any]:
        """True and false."""
        return {"enum": ["true", "false"]}

    @property
    def words(self) -> str:
        """True or false."""
        return "true or false"


@dataclass(frozen=True, slots=True)
class Integer(AnswerForm):
    """A whole number.

    Attributes:
        low: The least.
        high: The most.
    """

    low: int
    high: int

    def read(self, given: Any) -> Value | None:
        """A whole number, also written as 7.0, as text or with separators of thousands.

        Args:
            given: Anything at all.
        """
        number = _number(given)
        if number is None or number % 1 or not self.low <= number <= self.high:
            return None
        return int(number)

    @property
    def schema(self) -> dict[str, Any]:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    @property
    def text_schema(self) -> dict[str, Any]:
        """Digits, no more than the bounds have."""
        digits = len(str(max(abs(self.low), abs(self.high))))
        return {"pattern": f"^{'-?' if self.low < 0 else ''}[0-9]{{1,{digits}}}$"}

    @property
    def words(self) -> str:
        """The bounds."""
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Number(AnswerForm):
    """A number.

    Attributes:
        low: The least.
        high: The most.
    """

    low: float
    high: float

    def read(self, given: Any) -> Value | None:
        """A finite number, as a number or as text.

        Args:
            given: Anything at all.
        """
        number = _number(given)
        return None if number is None or not self.low <= number <= self.high else number

    @property
    def schema(self) -> dict[str, Any]:
        """A number with its bounds."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    @property
    def text_schema(self) -> dict[str, Any]:
        """Digits with a point."""
        return {"pattern": "^-?[0-9]{1,15}([.][0-9]{1,10})?$"}

    @property
    def words(self) -> str:
        """The bounds."""
        return f"a number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Text(AnswerForm):
    """A short text.

    Attributes:
        longest: Characters, 1 or more.
    """

    longest: int = 200

    def read(self, given: Any) -> Value | None:
        """A text that is not empty and not too long, without spaces around it.

        Args:
            given: Anything at all.
        """
        text = given.strip() if isinstance(given, str) else ""
        return text if 0 < len(text) <= self.longest else None

    @property
    def schema(self) -> dict[str, Any]:
        """A string with its length."""
        return {"type": "string", "maxLength": self.longest}

    @property
    def text_schema(self) -> dict[str, Any]:
        """The length."""
        return {"maxLength": self.longest}

    @property
    def words(self) -> str:
        """The length."""
        return f"a text of at most {self.longest} characters"


@dataclass(frozen=True, slots=True)
class ListOf(AnswerForm):
    """A list of values of one form.

    Attributes:
        item: The form of each.
        longest: Items, at most.
    """

    item: AnswerForm
    longest: int

    def read(self, given: Any) -> Value | None:
        """A list whose items all have the form; as JSON, or as text parted by commas.

        Args:
            given: Anything at all.
        """
        if isinstance(given, str):
            try:
                given = json.loads(given)
            except ValueError:
                given = [part.strip() for part in given.strip(" []").split(",")]
        if not isinstance(given, list | tuple) or len(given) > self.longest:
            return None
        read = [self.item.read(item) for item in given]
        return None if any(v is None for v in read) else plain(read)

    @property
    def schema(self) -> dict[str, Any]:
        """An array with its length."""
        return {"type": "array", "items": self.item.schema, "maxItems": self.longest}

    @property
    def text_schema(self) -> dict[str, Any]:
        """Items parted by commas, as a pattern where each is a number, else by length."""
        item = self.item.text_schema
        if "pattern" in item and self.longest <= LONGEST_PATTERN:
            one = item["pattern"][1:-1]
            return {"pattern": f"^{one}(, {one}){{0,{self.longest - 1}}}$"}
        longest = max((len(o) for o in item.get("enum", ())), default=item.get("maxLength", 20))
        return {"maxLength": self.longest * (longest + 2)}

    @property
    def words(self) -> str:
        """The form of its items."""
        return f"a list of at most {self.longest} items, each {self.item.words}"


def _typed(option: Value) -> str:
    return str(option).lower() if isinstance(option, bool) else str(option)


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).strip("'\"`").rstrip(".")


def _number(given: Any) -> float | None:
    if isinstance(given, str):
        try:
            given = float(given.strip().replace(",", "").replace("_", ""))
        except ValueError:
            return None
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return given if math.isfinite(given) else None
