"""Forms of answers: what is read, what is no answer, and the schema of each."""

from __future__ import annotations

import jsonschema
import pytest

from unscripted.model.ground_truth.forms import Choice, Flag, Integer, ListOf, Number, Text

OPTIONS = Choice(("Alder", "Elm", 3, "none"))
READ = [
    (OPTIONS, "Alder", "Alder"),
    (OPTIONS, " alder. ", "Alder"),
    (OPTIONS, '"ELM"', "Elm"),
    (OPTIONS, 3, 3),
    (OPTIONS, "3", 3),
    (OPTIONS, "None", "none"),
    (OPTIONS, "Al", None),
    (OPTIONS, None, None),
    (OPTIONS, ["Alder"], None),
    (Choice((0, 1)), True, None),
    (Choice((True, False)), 1, None),
    (Choice((True, False)), "true", True),
    (Flag(), "Yes", True),
    (Flag(), False, False),
    (Flag(), "maybe", None),
    (Flag(), 1, None),
    (Integer(0, 9), 7, 7),
    (Integer(0, 9), "7.0", 7),
    (Integer(0, 9999), "1,234", 1234),
    (Integer(0, 9), 7.5, None),
    (Integer(0, 9), 10, None),
    (Integer(0, 9), True, None),
    (Integer(0, 9), "seven", None),
    (Number(0, 9), "3.14", 3.14),
    (Number(0, 9), float("nan"), None),
    (Number(0, 9), "inf", None),
    (Text(5), " abc ", "abc"),
    (Text(5), "abcdef", None),
    (Text(5), "  ", None),
    (Text(5), 4, None),
    (ListOf(Integer(0, 9), 3), [1, "2"], (1, 2)),
    (ListOf(Integer(0, 9), 3), "[1, 2]", (1, 2)),
    (ListOf(Integer(0, 9), 3), "1, 2", (1, 2)),
    (ListOf(Integer(0, 9), 3), (1, 2, 3, 4), None),
    (ListOf(Integer(0, 9), 3), [1, 22], None),
    (ListOf(Integer(0, 9), 3), 7, None),
]


@pytest.mark.parametrize(("form", "given", "value"), READ)
def test_answers_are_read_or_missing(form, given, value):
    found = form.read(given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("form", "value", "wrong"),
    [
        (OPTIONS, "Elm", "Oak"),
        (Flag(), True, "yes"),
        (Integer(0, 9), 3, 10),
        (Number(0, 9), 3.5, -1),
        (Text(5), "abc", "abcdef"),
        (ListOf(Integer(0, 9), 2), [1, 2], [1, 2, 3]),
    ],
)
def test_schemas_hold_the_bounds(form, value, wrong):
    jsonschema.validate(value, form.schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, form.schema)
    assert form.words


@pytest.mark.parametrize(
    ("form", "texts", "wrong"),
    [
        (OPTIONS, ["Alder", "3"], "Oak"),
        (Flag(), ["true", "false"], "yes"),
        (Integer(0, 9), ["3"], "10"),
        (Integer(-20, 9), ["-3", "12"], "120"),
        (Number(0, 9), ["3.5", "-1"], "a"),
        (Text(5), ["abc"], "abcdef"),
        (ListOf(Integer(0, 99), 2), ["1, 22", "3"], "1, 2, 3"),
        (ListOf(Choice(("a", "b")), 2), ["a, b"], "a, b, a, b, a"),
    ],
)
def test_texts_have_a_schema_too(form, texts, wrong):
    schema = {"type": "string", **form.text_schema}
    for text in texts:
        jsonschema.validate(text, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)
