"""What models do to good answers: thoughts, drafts, wrappings, odd fields, other spellings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

ENDS_OF_THOUGHT = (
    "</think>", "</thinking>", "</THINK>", "[/THINK]", "◁/think▷", "</thought>", "</reasoning>",
    "</seed:think>", "<|/think|>", "<|channel|>final<|message|>", "</antThinking>",
    "<|end_of_thought|>", "<|END_THINKING|>", "</reflection>", "</scratchpad>", "<channel|>",
    "</ think >", "[/thinking]", "</analysis>",
)  # fmt: skip
BEGINNINGS = ("", "<think>", "<thinking>", "[THINK]", "◁think▷", "<|channel|>analysis<|message|>")
CONFIDENCES: tuple[Any, ...] = (
    None,
    85,
    100,
    "85%",
    "85 %",
    "high",
    "0.85",
    "8/10",
    "",
    [],
    {},
    -1,
    7,
    1e9,
    True,
    "very sure",
)
REFERENCES: tuple[Any, ...] = (
    None, "", "1, 2", "agents 1 and 2", ["1", "two"], ["Agent 1"], 1, 2.0, [None, 1], {"agent": 1},
    [{"agent": 1}], "none", [1.5], [True], "one", ["no one"],
)  # fmt: skip
REASONS: tuple[Any, ...] = (None, 3, ["because", "so"], {"why": "x"}, True, "")
KEYS = ("response", "answer", "output", "result", "json", "final_answer", "data")
MET: tuple[Any, ...] = ("Yes", "NO", "Partially", True, False, "met", None, "who knows")

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters='{}[]<>"\\◁'))


@st.composite
def spelt(draw: st.DrawFn, body: Mapping[str, Any]) -> dict[str, Any]:
    """An object whose fields' names are in another case, all alike."""
    how = draw(st.sampled_from((str, str.upper, str.title)))
    return {how(name): value for name, value in body.items()}


@st.composite
def odd_decision(draw: st.DrawFn, good: Mapping[str, Any]) -> dict[str, Any]:
    """A decision with anything in its optional fields."""
    body = dict(good)
    for name, values in (
        ("confidence", CONFIDENCES), ("builds_on", REFERENCES), ("reason", REASONS),
        ("focus", REFERENCES),
    ):  # fmt: skip
        if name in body and draw(st.booleans()):
            body[name] = draw(st.sampled_from(values))
        elif name in body and draw(st.integers(0, 5)) == 0:
            del body[name]
    decision = body["decision"]
    spellings = (decision, decision.title(), decision.upper(), f" {decision}.", f"**{decision}**")
    body["decision"] = draw(st.sampled_from(spellings))
    return body


@st.composite
def odd_verdict(draw: st.DrawFn, good: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict with anything in its optional fields, and grades in other words."""
    body = dict(good)
    for name, value in good.items():
        if name == "checklist":
            given = [{**check, "met": draw(st.sampled_from(MET))} for check in value]
            as_object = {check["id"]: check["met"] for check in given}
            body[name] = draw(st.sampled_from((value, given, as_object, None, [], "see above")))
            continue
        grade = value["grade"]
        said = draw(
            st.sampled_from((grade, float(grade), str(grade), f"{grade}/4", f"{grade} - so"))
        )
        reason = draw(st.sampled_from(REASONS))
        body[name] = draw(st.sampled_from((
            {"reason": reason, "grade": said}, {"grade": said}, {"Grade": said, "Reason": reason},
            {"score": said}, said,
        )))  # fmt: skip
    return body


@st.composite
def wrapped(draw: st.DrawFn, body: Mapping[str, Any], draft: Mapping[str, Any]) -> str:
    """The text in which an object is given: alone, within others, after thoughts and drafts."""
    value: Any = draw(spelt(body))
    for wrapping in draw(st.lists(st.sampled_from(("key", "list", "text")), max_size=2)):
        if wrapping == "key":
            value = {draw(st.sampled_from(KEYS)): value}
        else:
            value = [value] if wrapping == "list" else json.dumps(value)
    text = json.dumps(
        value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from((None, 1)))
    )
    if draw(st.booleans()):
        text = f"{draw(WORDS)}\n```json\n{text}\n```\n{draw(WORDS)}"
    if draw(st.booleans()):
        tried = json.dumps(draft) if draw(st.booleans()) else ""
        begun, ended = draw(st.sampled_from(BEGINNINGS)), draw(st.sampled_from(ENDS_OF_THOUGHT))
        text = f"{begun}{draw(WORDS)} {tried} {draw(WORDS)}{ended}\n{text}"
    return text
