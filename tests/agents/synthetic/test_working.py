"""What a mind makes of its choice, draw by draw."""

from __future__ import annotations

import pytest
from support.situations import HALF, VIEW, P, draws, percept, situation

from unscripted.agents.synthetic.news import read
from unscripted.agents.synthetic.working import work
from unscripted.model.decision import Assignment

MIND = situation().competence
DIRECT = MIND.self_direction(assigned=False)
UPTAKE = P.coupling.uptake * MIND.worth_building_on(0.9)


def quality(chosen, i=None, **fields):
    made = work(situation(**fields), chosen)
    name = VIEW.requirements[chosen[0] if i is None else i].id
    return {item.requirement: item.quality for item in made.items}[name]


def skill(i, left=1.0):
    return pytest.approx(MIND.skill(VIEW.requirements[i]) * DIRECT * left, abs=1e-6)


def test_quality_is_what_is_left():
    assert quality([4]) == skill(4)
    assert quality([4], seen=percept(attention=0.5)) == skill(4, 0.5)
    assert quality([0]) == skill(0, 1 - P.coupling.conflict)
    assert quality([1]) == skill(1, MIND.readiness([P.coupling.guess]))


def test_more_at_once_is_worse():
    assert quality([4, 0]) == skill(4, 1 - P.work.overload)
    assert quality([4, 0, 1]) == skill(4, 1 - 2 * P.work.overload)


def test_work_is_noisy_and_sloppy():
    noisy = draws(work=[0, 0, 0, 0, 1.0])
    assert quality([4], drawn=noisy) - quality([4]) == pytest.approx(P.work.noise, abs=2e-6)
    for slip, left in ((0.2499, 1 - P.work.slip), (0.2501, 1.0)):
        assert quality([4], drawn=draws(slip=[0, 0, 0, 0, slip])) == skill(4, left)
    assert quality([4], drawn=draws(work=[99.0] * 5)) == 1.0


def test_own_results_count_in_full():
    own = quality([0, 1], 0)
    assert quality([1, 0]) == skill(1, MIND.readiness([own]) * (1 - P.work.overload))


@pytest.mark.parametrize(
    ("author", "drawn", "value", "built_on"),
    [
        (3, UPTAKE - 1e-9, 0.9, (3,)),
        (3, UPTAKE + 1e-9, MIND.as_read(0.9), ()),
        (7, 0.9, 0.9, ()),
        (-1, 0.0, MIND.as_read(0.9), ()),
    ],
)
def test_results_are_built_on_or_read(author, drawn, value, built_on):
    result = {} if author < 0 else {0: 0.9}
    seen = percept(done={0: 0.9}, result=result, author={0: author}, versions={0: 1})
    fields = {"seen": seen, "drawn": draws(uptake=[drawn, 0, 0, 0, 0])}
    assert quality([1], **fields) == skill(1, MIND.readiness([value]))
    assert work(situation(**fields), [1]).builds_on == built_on


def test_poor_results_are_not_built_on():
    seen = percept(done={0: P.coupling.guess}, result={0: 0.9}, author={0: 3}, versions={0: 1})
    made = situation(seen=seen, drawn=draws(uptake=[0.0] * 5))
    assert work(made, [1]).builds_on == (), "by what it seems"


def test_news_serves_less_than_reading():
    seen = percept(done={0: 0.9}, heard={0}, author={0: 3}, versions={})
    ready = MIND.readiness([MIND.as_read(MIND.as_read(0.9))])
    made = situation(seen=seen, drawn=draws(uptake=[0.0] * 5))
    assert quality([1], seen=seen) == skill(1, ready)
    assert work(made, [1]).builds_on == ()


def test_a_good_work_is_revised():
    seen = percept(done={4: 0.95}, result={4: 0.8}, author={4: 3}, versions={4: 1})
    able = MIND.skill(VIEW.requirements[4]) * DIRECT
    share = P.work.revision
    revised = 0.8 + share * 0.2 * able
    assert quality([4], seen=seen) == pytest.approx(revised, abs=1e-6)
    noisy = draws(work=[0, 0, 0, 0, 1.0])
    more = quality([4], seen=seen, drawn=noisy) - revised
    assert more == pytest.approx(share * P.work.noise, abs=2e-6), "only what it changes varies"
    for drawn, named in ((MIND.worth_building_on(0.95) - 1e-9, (3,)), (0.999, ())):
        made = situation(seen=seen, drawn=draws(uptake=[0, 0, 0, 0, drawn]))
        assert work(made, [4]).builds_on == named
    own = percept(done={4: 0.95}, result={4: 0.8}, author={4: 7}, versions={4: 1})
    less = 0.8 + share * P.noticing.again * 0.2 * able
    assert quality([4], seen=own) == pytest.approx(less, abs=1e-6)


def test_a_poor_work_is_done_anew():
    seen = percept(done={4: 0.1}, result={4: 0.99}, author={4: 3}, versions={4: 1})
    assert quality([4], seen=seen) == skill(4)


def test_word_of_others_travels_on():
    seen = percept(
        done={0: 0.912, 1: 0.5, 2: 0.3, 3: 0.8},
        author={0: 3, 1: 7, 2: -1, 3: 5},
        result={0: 0.9, 1: 0.5},
        heard={3},
        versions={0: 1, 1: 1},
    )
    follows = draws(relay=[0.49, 0.0, 0.0, 0.49, 0.0])
    text = work(situation(HALF, seen=seen, drawn=follows), [4]).work
    assert text == "[synthetic] e: done\nheard 0.91 3 a\nheard 0.80 5 d"
    assert read(text) == ({"a": ("a", 0.91, 3), "d": ("d", 0.8, 5)}, 2)
    forgets = draws(relay=[0.51] * 5)
    assert "\n" not in work(situation(HALF, seen=seen, drawn=forgets), [4]).work


def test_redoing_builds_on_nobody():
    seen = percept(done={0: 0.9, 1: 0.2}, result={0: 0.9, 1: 0.2}, author={0: 3, 1: 4},
                   versions={0: 1, 1: 1})  # fmt: skip
    made = situation(seen=seen, drawn=draws(uptake=[0.0] * 5))
    assert work(made, [1]).builds_on == ()


def test_conflicts_in_view_cost_less():
    seen = percept(done={0: 0.9}, author={0: 3}, versions={0: 1})
    in_view = MIND.consistency(VIEW.requirements[2], {0})
    assert quality([2], seen=seen) == skill(2, in_view)
    assert quality([0, 2], 2) == skill(2, in_view * (1 - P.work.overload)), "its own is in view too"


def test_practice_counts_before_sloppiness():
    practised = MIND.practised(MIND.skill(VIEW.requirements[4]) * DIRECT, 0.5)
    fields = {"observed": {"skills": (("law", 0.5),)}, "drawn": draws(slip=[0.0] * 5)}
    assert quality([4], **fields) == pytest.approx(practised * (1 - P.work.slip), abs=1e-6)


def test_orders_spare_a_burden():
    inside = {"assignment": Assignment(7, "lead", ("e",))}
    outside = {"assignment": Assignment(7, "lead", ("tax",))}
    bare = MIND.skill(VIEW.requirements[4])
    assert quality([4], observed=inside) == pytest.approx(bare, abs=1e-6)
    assert quality([4], observed=outside) == pytest.approx(bare * P.work.off_role, abs=1e-6)
    assert work(situation(observed=inside), [4]).role == "lead"


def test_a_contribution_says_what_was_done():
    made = work(situation(HALF, drawn=draws(title=0.99)), [1, 0])
    assert made.role == "law writer"
    assert made.work == "[synthetic] a: done; b: done"
    assert [item.requirement for item in made.items] == ["a", "b"]
    mean = sum(item.quality for item in made.items) / 2
    assert made.confidence == pytest.approx(mean + P.estimate.overconfidence * 0.5, abs=1e-6)
    assert work(situation(drawn=draws(work=[99.0] * 5)), [4]).confidence == 1.0
