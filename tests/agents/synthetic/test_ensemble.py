"""Sets of parameters that fit equally well: the file, the minds and judges under them."""

from __future__ import annotations

import pytest

import unscripted as un
from unscripted.agents.rubric import SEVERITY, Rubric
from unscripted.agents.synthetic.ensemble import ensemble, parameter_set, set_of
from unscripted.agents.synthetic.profiles import profile, synthetic
from unscripted.model.errors import UnknownNameError
from unscripted.scenarios.harness.specs.fitting import Fitting, parse_parameters
from unscripted.testing import Scripted


def test_there_are_32_different_sets():
    sets = ensemble()
    assert len(sets) >= 32
    assert len({repr(s) for s in sets}) == len(sets)
    for s in sets:
        assert set(s.severity) == set(SEVERITY)
        assert "claude-sonnet-4.6" in s.faculties
        assert "strong" not in s.faculties


def test_a_seed_chooses_its_set():
    n = len(ensemble())
    assert [set_of(seed) for seed in range(n)] == list(ensemble())
    assert set_of(n + 3) is set_of(3)


def test_a_set_changes_what_it_names():
    found = parameter_set({"choice.salience": 0.3, "glm-5/reasoning": 0.4, "gpt-4o": 1.1})
    assert found.parameters.choice.salience == 0.3
    assert found.faculties["glm-5"].reasoning == 0.4
    assert found.faculties["glm-5"].self_reflection == profile("glm-5").faculties.self_reflection
    assert found.severity == {"gpt-4o": 1.1}
    glm, strong = found.mind(synthetic("glm-5")), found.mind(synthetic("strong"))
    assert (glm.name, glm.profile.faculties.reasoning) == ("synthetic/glm-5", 0.4)
    assert strong.profile == profile("strong")
    assert strong.competence.parameters == found.parameters


def test_minds_and_judges_come_under_it():
    fitting = Fitting(parameter_set({"choice.salience": 0.3, "gpt-4o": 1.1}))
    mind = synthetic("strong")
    assert fitting.mind(mind) is fitting.mind(mind), "one mind stays one"
    other = Scripted([un.Abstention("no")])
    assert fitting.mind(other) is other
    judged = fitting.judge(Rubric(severity=SEVERITY["gpt-4o"], noise=0.1, name="n"))
    assert (judged.severity, judged.noise, judged.name) == (1.1, 0.1, "n")
    assert fitting.judge(Rubric(severity=1.5)).severity == 1.5, "a user's own"
    assert fitting.judge(None) is None
    assert parse_parameters("fitted", 3).mind(mind) is mind


def test_runs_take_the_ensemble():
    def played(parameters, seed):
        org = un.build(parameters=parameters, n_agents=4, rng=seed)
        return org.setup.minds[0].competence.parameters, org.run(2)[-1].to_json()

    fitted, _ = played("fitted", 1)
    first, record = played("ensemble", 1)
    assert first == set_of(1).parameters != fitted
    assert played("ensemble", 2)[0] == set_of(2).parameters
    assert played("ensemble", 1)[1] == record
    run = un.run(parameters="ensemble", agents=4, ticks=2, seed=1)
    assert run.records[-1].to_json() == record


def test_other_words_are_refused():
    with pytest.raises(UnknownNameError, match="fitted"):
        un.build(parameters="all")
    with pytest.raises(UnknownNameError, match="ensemble"):
        un.run(parameters="ensembel", ticks=1)
