"""Conclusions of a comparison in plain sentences, by the rule of docs/statistics.md.

A sentence says no more than its contrast shows: too few replicates conclude nothing, and what is
not told apart is either shown to be equivalent or called undecided, with what would decide it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..results.rows import Row
from .contrasts import FACTORS, FEWEST_PAIRS
from .intervals import STILL

MOST_SAID = 6
"""Blocks spoken of for each factor but the protocol, of which every block is."""
SIZES = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"), (float("inf"), "large"))
"""Cohen's words for |d| below each bound.

J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition, 1988.
"""


def conclusions(summary: Sequence[Row], tests: Sequence[Row] = ()) -> list[str]:
    """For each factor that varies and each block of the others, the best cell against the next.

    Args:
        summary: As `summarize` makes it.
        tests: As `block_tests` makes them; their mixed models are spoken of where they disagree.
    """
    said: list[str] = []
    for factor in FACTORS:
        others = [f for f in ("level", "agents", "topology", "model", "protocol") if f != factor]
        blocks: dict[tuple[Any, ...], list[Row]] = {}
        for row in summary:
            blocks.setdefault(tuple(row[f] for f in others), []).append(row)
        lines = []
        for key, rows in blocks.items():
            graded = sorted((r for r in rows if r["quality"]), key=lambda r: -r["quality"]["mean"])
            if len(graded) < 2:
                continue
            block = dict(zip(others, key, strict=True))
            test = next((t for t in tests if _is_of(t, factor, block)), None)
            where = ", ".join(f"{v} agents" if f == "agents" else str(v) for f, v in block.items())
            lines.append(f"{where}: {_said(factor, graded, test)}")
        most = len(lines) if factor == "protocol" else MOST_SAID
        said += lines[:most]
        if len(lines) > most:
            said.append(f"{len(lines) - most} more blocks compared by {factor} are in the JSON")
    return said


def _is_of(test: Row, factor: str, block: dict[str, Any]) -> bool:
    return test["factor"] == factor and all(test[f] == v for f, v in block.items())


def _said(factor: str, ranked: Sequence[Row], test: Row | None) -> str:
    best, second = ranked[:2]
    c = _against(factor, best, second)
    if c is not None and c["difference"] < 0:  # over the seeds that both were graded on
        best, second = second, best
        c = _against(factor, best, second)
    pair = _Pair(factor, best, second)
    if c is None:
        n = min(best["quality"]["n"], second["quality"]["n"])
        few = "seed is" if n == 1 else "seeds are"
        return (
            f"{pair.best} {pair.has} the highest quality, and {n} {few} too few replicates to tell "
            f"{pair.it} from {pair.second}; use --replicates 10 or more"
        )
    sentence = {
        "too few": _too_few,
        "constant": _constant,
        "difference": _difference,
        "equivalent": _equivalent,
        "undecided": _undecided,
    }[c["verdict"]](pair, c)
    if c["verdict"] == "difference":
        sentence += _doubts(c, best[factor], second[factor], test)
    return sentence + _rest(factor, best, ranked[2:], c)


class _Pair:
    """The two cells of a sentence, with their grammar."""

    def __init__(self, factor: str, best: Row, second: Row) -> None:
        many = factor == "agents"
        self.best, self.second = _named(factor, best), _named(factor, second)
        self.beats, self.has = ("beat", "have") if many else ("beats", "has")
        self.it, self.is_ = ("them", "are") if many else ("it", "is")


def _named(factor: str, row: Row) -> str:
    words = {"agents": "{} agents", "topology": "the {} network", "level": "level {}"}
    return words.get(factor, "{}").format(row[factor])


def _against(factor: str, row: Row, other: Row) -> Row | None:
    for c in row["contrasts"]:
        if (c["measure"], c["factor"], c["against"]) == ("quality", factor, other[factor]):
            return dict(c)
    return None


def _too_few(pair: _Pair, c: Row) -> str:
    planned = (c.get("power") or {}).get("replicates_for_80")
    said = (
        f"{pair.best} {pair.has} the highest quality, {c['difference']:.3f} above {pair.second}, "
        f"but {_seeds(c)} are too few replicates to conclude: at least "
        f"{FEWEST_PAIRS - c['pairs']} more are needed (--replicates {FEWEST_PAIRS})"
    )
    if planned is not None and planned > FEWEST_PAIRS:
        said += f", and about {planned} in all to find a difference of {c['power']['effect']:g}"
    return said


def _constant(pair: _Pair, c: Row) -> str:
    if abs(c["difference"]) < STILL:
        return f"{pair.best} and {pair.second} have the same quality in each of {_seeds(c)}"
    return (
        f"{pair.best} and {pair.second} lead in quality and differ by the same "
        f"{c['difference']:.3f} in each of {_seeds(c)}, so there is nothing to test"
    )


def _difference(pair: _Pair, c: Row) -> str:
    return (
        f"{pair.best} {pair.beats} {pair.second} in quality by "
        f"{_span(c['difference'], c['ci95'])}; the evidence is {c['evidence']} "
        f"({_p(c['p_corrected'])}{_corrected(c)}; {_effect(c)}; "
        f"{_seeds(c)})"
    )


def _doubts(c: Row, best: Any, second: Any, test: Row | None) -> str:
    """What to hold against a difference, if anything."""
    said: list[str] = []
    equivalence, task = c.get("equivalence"), c.get("by_task")
    if equivalence is not None and equivalence["equivalent"]:
        said.append(
            f"it is smaller than {equivalence['bound']:g}, which counts as none in practice"
        )
    if task is not None and task["ci95"][0] <= 0 <= task["ci95"][1]:
        said.append(
            f"it changes from task to task ({_span(task['difference'], task['ci95'])} over "
            f"{task['tasks']} tasks), so other tasks may not show it"
        )
    model = (test or {}).get("mixed_model") or {}
    effects = model.get("effects") or ()
    effect = next((e for e in effects if (model["reference"], e["value"]) == (best, second)), None)
    if effect is not None and effect["ci95"][1] >= 0:
        low, high = effect["ci95"]
        seen = _span(-effect["difference"], [-high, -low])
        said.append(f"a mixed model of the single tasks puts it at {seen}")
    return "; but " + ", and ".join(said) if said else ""


def _equivalent(pair: _Pair, c: Row) -> str:
    found = c["equivalence"]
    return (
        f"{pair.best} and {pair.second} do equally well in quality: they differ by "
        f"{_span(c['difference'], c['ci95'])}, within the {found['bound']:g} that counts as none; "
        f"the evidence is {c['evidence']} (equivalence test, {_p(found['p_corrected'])}"
        f"{_corrected(c)}; {_seeds(c)})"
    )


def _undecided(pair: _Pair, c: Row) -> str:
    said = (
        f"{pair.best} {pair.has} the highest quality and {pair.is_} not clearly better than "
        f"{pair.second}: by {_span(c['difference'], c['ci95'])} ({_p(c['p_corrected'])}"
        f"{_corrected(c)}; {_effect(c)}; {_seeds(c)})"
    )
    if c.get("equivalence") is None:
        return said
    said += (
        f"; the two are not shown to be equal within {c['equivalence']['bound']:g} either, so it "
        "is undecided"
    )
    needed = c["power"]["replicates_to_decide"]
    if needed is not None:
        said += f", and about {needed} replicates would decide it if the difference stays as it is"
    return said


def _rest(factor: str, best: Row, others: Sequence[Row], c: Row) -> str:
    """How the best fares against all the others."""
    if not others or c["verdict"] == "too few":
        return ""
    found = [(_against(factor, best, other), _named(factor, other)) for other in others]
    behind = [name for x, name in found if x is not None and x["verdict"] == "difference"]
    level = [name for x, name in found if x is None or x["verdict"] != "difference"]
    if not level:
        return f"; {_listed(behind)} {_be(factor, behind)} clearly behind"
    said = f"; {_listed(level)} {_be(factor, level)} not clearly behind"
    return f"{said}, {_listed(behind)} {_be(factor, behind)}" if behind else said


def _be(factor: str, names: Sequence[str]) -> str:
    return "are" if factor == "agents" or len(names) > 1 else "is"


def _listed(names: Sequence[str]) -> str:
    if len(names) > 4:
        return f"{len(names)} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _seeds(c: Row) -> str:
    n = c["pairs"]
    return f"{n} seed{'s' * (n != 1)}"


def _span(value: float, bounds: Sequence[float]) -> str:
    low, high = bounds
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _p(p: float) -> str:
    return f"p = {p:.2g}" if p >= 1e-12 else "p < 1e-12"


def _corrected(c: Row) -> str:
    return f" after Holm's correction over {c['family']} contrasts" if c["family"] > 1 else ""


def _effect(c: Row) -> str:
    d = c["cohens_d"]
    if d is None:
        return "d undefined"
    size = next(word for bound, word in SIZES if abs(d) < bound)
    bounds = c["cohens_d_ci95"]
    around = "" if bounds is None else f" [{bounds[0]:.2f}, {bounds[1]:.2f}]"
    return f"d = {d:.2f}{around}, {size}"
