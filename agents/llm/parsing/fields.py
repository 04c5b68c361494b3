"""Fields of an answer that models get wrong though the answer is good, and what becomes of them.

What is required stays strict: a guess would be somebody else's decision. What is optional is put
right where it can mean one thing only, is left out otherwise, and is counted either way.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from ..control_characters import clean
from ..redaction import known_secrets, redact
from .json_objects import evened

NUMBERED = ("agent", "id", "member", "number")
"""Names under which an object holds the number of a member."""
MOST_NUMBERS = 1000
"""Of one field that are looked at."""
_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
)  # fmt: skip
NUMBER_WORDS = {word: number for number, word in enumerate(_WORDS)}
_WHOLE = re.compile(rf"(?<![\w.])-?\d{{1,9}}(?![\w]|\.\d)|\b(?:{'|'.join(_WORDS)})\b")
_NAMED = re.compile(r"(?:agent|member|no\.?|number|#)[\s_#-]*", re.IGNORECASE)
_SHARE = re.compile(r"~?\s*(\d{1,9}(?:[.,]\d{1,9})?)\s*(%|percent|(?:/|out of|of)\s*(\d{1,9}))?")
_LARGEST_PERCENT, _SMALLEST_PERCENT = 100.0, 10.0
"""A bare number between these is a percentage; between 1 and the smaller it may be anything."""
_GRADE = re.compile(r"([1-4])(?:\.0+)?\s*(?:\(?(?:/|out of|of)\s*4\)?)?(?:\s*[-–—:(,][^\d]*)?")
FORMS_OF = {
    "contribution": "contribute", "contributing": "contribute", "contributed": "contribute",
    "i contribute": "contribute", "abstention": "abstain", "abstaining": "abstain",
    "abstained": "abstain", "i abstain": "abstain", "decline": "abstain", "declined": "abstain",
    "intention": "intend", "amendment": "amend",
}  # fmt: skip
"""Forms of the words for what a member does."""
YES, NO = frozenset({"yes", "true", "met", "full", "fully", "y"}), frozenset({"no", "false", "n"})
PARTLY = frozenset({"partly", "partial", "partially", "part", "somewhat", "mostly"})


class Mending:
    """How many fields of an answer were put right while it was validated."""

    def __init__(self) -> None:
        self.count = 0


def mend(right: Callable[[Any], Any]) -> BeforeValidator:
    """A validator that puts a value right before its type is checked, and counts where it did.

    Args:
        right: Gives the value as it should be.
    """

    def validate(value: Any, info: ValidationInfo) -> Any:
        found = right(value)
        if isinstance(info.context, Mending) and (type(found) is not type(value) or found != value):
            info.context.count += 1
        return found

    return BeforeValidator(validate)


def cleaned(value: Any) -> Any:
    """A text without control characters and secrets; anything else as it is.

    Args:
        value: Of a required field.
    """
    return redact(clean(value), known_secrets()) if isinstance(value, str) else value


def nothing(value: Any) -> Any:
    """An empty text for null, which an abstention may hold, and one text for a list of them.

    Args:
        value: Of a field that is required where work is done.
    """
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n".join(cleaned(part) for part in value)
    return "" if value is None else value


def evened_fields(value: Any) -> Any:
    """An object with its fields' names in lower case; anything else stays.

    Args:
        value: A part of an answer.
    """
    return {evened(str(k)): v for k, v in value.items()} if isinstance(value, dict) else value


def optional_text(value: Any) -> str:
    """A text; parts of a list on one line, nothing for what is no text at all.

    Args:
        value: Of an optional field.
    """
    if isinstance(value, list):
        return " ".join(part for part in value if isinstance(part, str))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """A list of texts; one text is a list of one.

    Args:
        value: Of an optional field.
    """
    listed = value if isinstance(value, list) else [value]
    found = [t.strip() for part in listed if (t := optional_text(part)).strip()]
    return value if found == value else found


def whole(value: Any) -> Any:
    """A whole number as one: `2.0`, `"2"`, `"agent 2"` and `"two"` are 2; anything else stays.

    Args:
        value: Of a required field.
    """
    if isinstance(value, bool):
        raise ValueError("a number is meant, not true or false")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        bare = _NAMED.sub("", value.strip()).casefold()
        if bare in NUMBER_WORDS or _WHOLE.fullmatch(bare):
            return NUMBER_WORDS.get(bare) if bare in NUMBER_WORDS else int(bare)
    return value


def phase(value: Any) -> int:
    """The number of a phase, 1 where there is none.

    Args:
        value: Of an optional field.
    """
    found = [n for n in wholes(value) if n >= 1]
    return found[0] if found else 1


def wholes(value: Any) -> list[int]:
    """All whole numbers in a value: of a list, of a text, of one number; what is none is left out.

    Args:
        value: Of an optional field.
    """
    return list(itertools.islice(_wholes(value), MOST_NUMBERS))


def _wholes(value: Any, depth: int = 0) -> Iterable[int]:
    if isinstance(value, bool) or value is None or depth > 2:
        return
    if isinstance(value, int):
        yield value
    elif isinstance(value, float):
        if value.is_integer():
            yield int(value)
    elif isinstance(value, str):
        for said in _WHOLE.findall(_NAMED.sub(" ", value[:10_000]).casefold()):
            yield NUMBER_WORDS[said] if said in NUMBER_WORDS else int(said)
    elif isinstance(value, dict):
        named = [v for k, v in value.items() if evened(str(k)) in NUMBERED]
        for part in named[:1]:
            yield from _wholes(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _wholes(part, depth + 1)


def share(value: Any) -> float | None:
    """A share of 0 to 1: `85`, `"85 %"` and `"17/20"` are 0.85; None for what may be anything.

    Args:
        value: Of an optional field.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        if not math.isfinite(value) or value < 0:
            return None
        if value <= 1:
            return value
        return value / 100 if _SMALLEST_PERCENT < value <= _LARGEST_PERCENT else None
    found = _SHARE.fullmatch(value.strip().casefold()) if isinstance(value, str) else None
    if found is None:
        return None
    number, unit, whole_text = float(found[1].replace(",", ".")), found[2], found[3]
    if unit is None:
        return share(number)
    part = number / (float(whole_text) or math.inf) if whole_text else number / 100
    return part if part <= 1 else None


def word(*known: str) -> Callable[[Any], Any]:
    """What reads one of some words, in any case and with any punctuation around it.

    Args:
        known: In lower case.
    """

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        bare = value.strip().strip(".!*_`\"'“”()[]").casefold()
        bare = FORMS_OF.get(bare, bare)
        return bare if bare in known else value

    return read


def grade(value: Any) -> Any:
    """A grade of 1 to 4: `3.0`, `"3/4"`, `"3 (good)"` and `"three"` are 3; anything else stays.

    Args:
        value: Of a required field.
    """
    if isinstance(value, str):
        found = _GRADE.fullmatch(value.strip())
        return int(found[1]) if found else whole(value)
    return whole(value)


def graded(value: Any) -> Any:
    """A criterion with its grade, where only the grade was given.

    Args:
        value: Of a required field.
    """
    if isinstance(value, dict):
        body = evened_fields(value)
        if "grade" not in body and "score" in body:
            body["grade"] = body.pop("score")
        return value if body == value else body
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        return {"grade": value}
    return value


def checks(value: Any) -> list[Any]:
    """A checklist: pairs of id and whether it is met; what can't be read is left out.

    Args:
        value: A list of them, or an object by id; of an optional field.
    """
    if isinstance(value, dict):
        listed: list[Any] = [
            {"id": k, **v} if isinstance(v, dict) else {"id": k, "met": v} for k, v in value.items()
        ]
    else:
        listed = value if isinstance(value, list) else []
    found = [read for part in listed if (read := _check(part)) is not None]
    return value if found == value else found


def _check(part: Any) -> dict[str, str] | None:
    if not isinstance(part, dict):
        return None
    body = evened_fields(part)
    name, met = body.get("id"), body.get("met")
    said = str(met).strip().strip(".!*\"'").casefold()
    read = "yes" if said in YES else "no" if said in NO else "partly" if said in PARTLY else None
    if isinstance(name, bool) or not isinstance(name, str | int) or read is None:
        return None
    return {"id": str(name), "met": read}


Text = Annotated[str, BeforeValidator(cleaned)]
WorkText = Annotated[str, BeforeValidator(cleaned), mend(nothing)]
OptionalText = Annotated[str, BeforeValidator(cleaned), mend(optional_text)]
Texts = Annotated[list[Text], mend(texts)]
Whole = Annotated[int, mend(whole)]
Wholes = Annotated[list[int], mend(wholes)]
Share = Annotated[float | None, mend(share)]
