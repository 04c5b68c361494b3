"""What a mind works on and when it declines, draw by draw."""

from __future__ import annotations

import pytest
from support.situations import HALF, VIEW, P, draws, percept, situation

from unscripted.agents.synthetic.choosing import _options, choose
from unscripted.model.decision import Assignment

FRESH = situation().competence
BIAS = 0.5 * P.estimate.overconfidence
DIRECT = FRESH.self_direction(assigned=False)


def options(**fields):
    made = situation(**fields)
    return _options(made, made.percept.noticed, 1.0)


def skill(i, left=1.0):
    return FRESH.skill(VIEW.requirements[i]) * DIRECT * left


def test_gain_is_the_estimate():
    found = options()
    bias = BIAS
    assert found[0].gain == pytest.approx(skill(0, 1 - P.coupling.conflict) + bias)
    ready = FRESH.readiness([P.coupling.guess])
    assert found[1].gain == pytest.approx(skill(1, ready) + bias)
    assert found[4].gain == pytest.approx(min(1.0, skill(4) + bias))
    assert found[0].preference == pytest.approx(found[0].gain + P.choice.salience)
    assert found[4].preference == pytest.approx(found[4].gain), "it comes last"


def test_estimates_err_together_and_apart():
    plain = options()[3].gain
    off = options(drawn=draws(swing=1.0, estimate=[0, 0, 0, 2.0, 0]))[3].gain
    assert off - plain == pytest.approx(0.5 * (P.estimate.swing + P.estimate.noise * 2))
    low = options(drawn=draws(swing=0.0))[3].gain
    assert plain - low == pytest.approx(0.5 * P.estimate.swing)


def test_choices_are_noisy():
    found, plain = options(drawn=draws(choice=[0, 0, 0, 1.0, 0])), options()
    assert found[3].preference - plain[3].preference == pytest.approx(
        P.choice.noise + P.choice.slip * 0.5
    )
    assert found[3].gain == plain[3].gain


def test_done_work_leaves_less_to_gain():
    done = options(seen=percept(done={4: 0.5}, author={4: 3}, versions={4: 2}))
    assert done[4].gain == pytest.approx((min(1.0, skill(4) + BIAS) - 0.5) / 2)
    assert done[4].preference == pytest.approx(done[4].gain)
    first = options(seen=percept(done={0: 0.5}, author={0: 3}, versions={0: 1}))[0]
    assert first.preference == pytest.approx(first.gain + P.choice.salience * 0.5)
    over = options(seen=percept(done={4: 1.0}, author={4: 3}, versions={4: 2}))
    assert over[4].gain == 0.0


def test_a_good_work_is_worth_revising():
    read = {"author": {3: 3}, "versions": {3: 1}}
    estimate = min(1.0, skill(3, FRESH.readiness([P.coupling.guess] * 2)) + BIAS)
    done = estimate - 0.01
    seen = percept(done={3: done}, result={3: 0.4}, **read)
    gain = P.work.revision * (1 - done) * estimate
    assert options(seen=seen)[3].gain == pytest.approx(gain), "by what it seems, not by what it is"
    heard = percept(done={3: done}, heard={3}, **read)
    assert options(seen=heard)[3].gain == pytest.approx(0.01), "what is only heard of is done anew"
    own = percept(done={3: done}, result={3: 0.4}, author={3: 7}, versions={3: 1})
    assert options(seen=own)[3].gain == pytest.approx(max(0.01, gain * P.noticing.again))


def test_results_in_view_help():
    seen = percept(done={0: 0.9}, author={0: 3}, versions={0: 1})
    ready = FRESH.readiness([FRESH.as_read(0.9)])
    assert options(seen=seen)[1].gain == pytest.approx(skill(1, ready) + BIAS)
    in_view = FRESH.consistency(VIEW.requirements[2], {0})
    assert options(seen=seen)[2].gain == pytest.approx(skill(2, in_view) + BIAS)


def test_attention_and_practice():
    tired = options(seen=percept(attention=0.5))
    assert tired[3].gain < options()[3].gain
    skilled = options(observed={"skills": (("tax", 0.5),)})
    bare = options()
    assert skilled[3].gain == pytest.approx(FRESH.practised(bare[3].gain - BIAS, 0.5) + BIAS)
    assert skilled[4] == bare[4]


@pytest.mark.parametrize(
    ("drawn", "gives_way"), [(P.choice.yielding - 0.01, True), (P.choice.yielding, False)]
)
def test_a_share_gives_way(drawn, gives_way):
    seen = percept(announced={0: 2})
    found = options(seen=seen, drawn=draws(yielding=drawn))
    lost = options()[0].preference - found[0].preference
    assert lost == pytest.approx(2 * P.choice.crowding if gives_way else 0.0)
    assert found[1] == options()[1]


def test_role_history_is_deferred_to():
    found = options(seen=percept(role_history={"law": 0.5}))
    assert options()[0].preference - found[0].preference == pytest.approx(P.choice.deference * 0.5)
    assert found[3] == options()[3]


def test_the_preferred_and_its_domain():
    drawn_to = {"choice__salience": 1.0}
    assert choose(situation(**drawn_to)) == [0, 1]
    assert choose(situation(choice__capacity=3, **drawn_to)) == [0, 1, 4]
    assert choose(situation(choice__capacity=1, **drawn_to)) == [0]
    wanted = draws(choice=[0, 0, 0, 20.0, 0])
    assert choose(situation(drawn=wanted)) == [3, 2]
    assert choose(situation(choice__salience=0.0))[0] == 4


def test_equals_are_taken_in_order():
    same = {"choice__salience": 0.0, "skill__difficulty": 0.0, "coupling__conflict": 0.0}
    assert choose(situation(coupling__dependence=0.0, **same)) == [0, 1]


def test_only_the_noticed_is_chosen():
    assert choose(situation(seen=percept(noticed=[2, 4]), choice__salience=2.0)) == [2]
    assert choose(situation(seen=percept(noticed=[]))) == []


def test_it_declines_below_the_threshold():
    gains = [option.gain for option in options().values()]
    assert choose(situation(choice__threshold=max(gains) + 1e-9)) == []
    assert choose(situation(choice__threshold=max(gains))) == [4]


def test_named_requirements_are_carried_out():
    told = Assignment(7, "lead", ("d", "nonsense", "a", "b"))
    assert choose(situation(observed={"assignment": told})) == [3, 0]


def test_a_subject_is_kept_to():
    told = Assignment(7, "lead", ("tax",))
    assert choose(situation(observed={"assignment": told})) == [2, 3]


def test_another_subject_costs_skill():
    told = {"assignment": Assignment(7, "lead", ("tax",))}
    seen = percept(noticed=[4])
    made = situation(HALF, seen=seen, observed=told)
    (option,) = _options(made, [4], P.work.off_role).values()
    estimate = FRESH.skill(VIEW.requirements[4]) * P.work.off_role + BIAS
    assert option.gain == pytest.approx(min(1.0, estimate))
    assert choose(made) == [4]
    threshold = option.gain + 1e-9
    assert choose(situation(seen=seen, observed=told, choice__threshold=threshold)) == []
