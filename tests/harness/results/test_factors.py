"""Cells by their factors, and factors in words."""

from __future__ import annotations

from unscripted.scenarios.harness.results.factors import FACTORS, Cell, named, where

CELL = Cell("a", "ring", "m", 8, "L3")


def test_a_cell_is_its_factors():
    row = {"level": "L3", "agents": 8, "model": "m", "topology": "ring", "protocol": "a", "x": 1}
    assert Cell.of(row) == CELL
    assert [CELL.value(f) for f in FACTORS] == list(CELL)
    assert FACTORS == ("protocol", "topology", "model", "agents", "level")


def test_blocks_leave_one_out():
    assert CELL.block("protocol") == ("ring", "m", 8, "L3")
    assert CELL.block("agents") == ("a", "ring", "m", "L3")
    assert CELL.block("level") == ("a", "ring", "m", 8)


def test_factors_in_words():
    assert CELL.where("protocol") == "L3, 8 agents, ring, m"
    assert CELL.where("agents") == "L3, ring, m, a"
    assert where({"protocol": "a", "level": "L3"}) == "L3, a"
    said = named(["agents", "level", "topology", "model"], [8, "L3", "ring", "m"])
    assert said == "8 agents · level L3 · ring network · m"
    assert named([], []) == ""
