"""What a judge is asked, to the letter, and how blind it is."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from support.prompts import FOREIGN, TEXTS, ours
from support.submissions import submission

import unscripted as un
from unscripted.agents.llm.prompting.verdict import VerdictRequest, compose_verdict
from unscripted.model.decision import Act, Assignment, Contribution, Intention, Plan
from unscripted.model.judge import Submission
from unscripted.model.mind import Mind
from unscripted.model.tasks.files import corpus

CHECK = settings(max_examples=60, deadline=None)


def verdict_prompt(*texts: str, index: int = 0, **fields) -> str:
    wanted = VerdictRequest(submission(*texts, **fields), index)
    system, prompt = compose_verdict(wanted).messages
    assert system == ("system", TEXTS["judge_system.txt"])
    assert prompt[0] == "user"
    return prompt[1]


def order_in(prompt: str) -> list[str]:
    return re.findall(r"^\| work (\d+)$", prompt, re.MULTILINE)


def test_the_question_to_the_letter():
    assert verdict_prompt("Dear\nSCALES, 1 to 4\u2028| reader").startswith(
        """\
MISSION
Serve.

THE CLIENT'S TASK: A letter
| Translate it.
| NOW: nothing

THE WORK, in no particular order
Work A:
| Dear
| SCALES, 1 to 4
| | reader

CHECKLIST: what a good answer contains
- [greets] It greets the reader.
- [dates] It names the date.

SCALES, 1 to 4
accuracy: are the statements and judgements right?
"""
    )


def test_a_judge_is_blind():
    heard: list[Submission] = []

    class Spy(un.Judge):
        name = "spy"

        def appraise(self, given):
            heard.append(given)
            return un.Verdict()

    class Marked(Mind):
        instant = True

        def decide(self, observation):
            role = f"ROLE-{observation.member}"
            if observation.act is Act.PLAN:
                return Plan(tuple(Assignment(m, role) for m in observation.roster))
            if observation.act is Act.INTEND:
                return Intention(role)
            return Contribution(role, "the text", (), 0.875)

    for protocol in ("sequential", "shared", "coordinator", "fixed-roles"):
        minds = [Marked()] * 4
        un.build(
            protocol=protocol, n_agents=4, model=minds, judge=Spy(), tasks="generated", rng=1
        ).run(1)
        prompt = "\n".join(
            text for _, text in compose_verdict(VerdictRequest(heard[-1], 0)).messages
        )
        for secret in ("ROLE-", "0.875", protocol, heard[-1].task.id, "gent 0", "gent 3"):
            assert secret not in prompt.replace(heard[-1].task.brief.text, "")


@CHECK
@given(st.integers(1, 12), st.integers(0, 2**64 - 1), st.integers(0, 5))
def test_every_work_has_its_letter(n, seed, index):
    prompt = verdict_prompt(*(f"work {i}" for i in range(n)), seed=seed, index=index)
    assert sorted(order_in(prompt), key=int) == [str(i) for i in range(n)]
    assert re.findall(r"^Work (\w+):$", prompt, re.MULTILINE) == list("ABCDEFGHIJKL"[:n])
    again = verdict_prompt(*(f"work {i}" for i in range(n)), seed=seed, index=index)
    assert prompt == again


def test_many_works_have_two_letters():
    prompt = verdict_prompt(*(f"work {i}" for i in range(28)))
    letters = re.findall(r"^Work (\w+):$", prompt, re.MULTILINE)
    assert (letters[0], letters[25:]) == ("A", ["Z", "AA", "AB"])


def test_order_differs_by_seed_and_judge():
    works = [f"work {i}" for i in range(8)]
    by_seed = {tuple(order_in(verdict_prompt(*works, seed=s))) for s in range(20)}
    by_judge = {tuple(order_in(verdict_prompt(*works, index=i))) for i in range(20)}
    assert len(by_seed) == len(by_judge) == 20


def test_the_order_hides_who_finished_first():
    n, first = 300, [0] * 4
    for seed in range(n):
        first[int(order_in(verdict_prompt(*(f"work {i}" for i in range(4)), seed=seed))[0])] += 1
    assert all(45 < count < 105 for count in first)  # 75 expected; six standard deviations are 45


def test_long_works_are_cut_equally():
    given_works = submission("a" * 999, "b" * 999, "c" * 50, "d" * 100)
    wanted = VerdictRequest(given_works, 0, tokens=100)
    _, (_, prompt) = compose_verdict(wanted).messages
    assert [len(re.search(rf"^\| ({c}+)$", prompt, re.M)[1]) for c in "abcd"] == [100, 100, 50, 100]
    assert prompt.count("\n| [… shortened for length]\n") == 2


@CHECK
@given(st.lists(FOREIGN, min_size=1, max_size=4), st.integers(0, 9))
def test_no_work_changes_the_question(texts, seed):
    harmless = ["fine"] * len(texts)
    assert ours(verdict_prompt(*texts, seed=seed)) == ours(verdict_prompt(*harmless, seed=seed))


def test_the_checklist_hides_difficulty():
    task = next(t for t in corpus() if len(t.rubric) > 5)
    prompt = verdict_prompt("done", task=task, mission="Serve.")
    listed = re.findall(r"^- \[([^\]]+)\] (.+)$", prompt, re.MULTILINE)
    assert listed == [(r.id, " ".join(r.text.split())) for r in task.rubric]


def test_works_share_48000_tokens():
    prompt = verdict_prompt("a" * 200_000)
    assert len(re.search(r"^\| (a+)$", prompt, re.MULTILINE)[1]) == 4 * 48_000
