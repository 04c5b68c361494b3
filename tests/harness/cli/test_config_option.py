"""`--config FILE.yaml`: options by name; the command line wins; what is wrong says its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support.commands import hashes

FILE = """# a comment
protocol: silent
agents: 3
ticks: 2
"""


@pytest.fixture
def write(here):
    """Writes the file."""

    def to(text, name="mine.yaml"):
        Path(name).write_text(text, encoding="utf-8")
        return name

    return to


def rows_of(said, *columns):
    assert said.code == 0, said.err
    return [tuple(row[c] for c in columns) for row in said.body["runs"]]


def test_a_file_sets_options(write, call):
    said = call("run", "--config", write(FILE), "--json")
    assert rows_of(said, "protocol", "agents", "ticks") == [("silent", 3, 2)]


def test_the_command_line_wins(write, call):
    file = write(FILE + "json: true\nseed: 4\n")
    said = call("run", "--config", file, "--agents", 2)
    assert rows_of(said, "agents", "ticks", "seed") == [(2, 2, 4)]
    said = call("run", "--config", file, "--json=false", "--out", "mine")
    assert "Last task" in said.out


def test_both_spellings_are_known(write, call):
    file = write(FILE + "max-failures: 0\napi_base: http://127.0.0.1:1\n")
    said = call("run", "--config", file, "--json")
    assert said.code == 0
    assert "api_base=http://127.0.0.1:1 has no effect" in said.err


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "{}\n", "\ufeffticks: 12\n"])
def test_an_empty_file_changes_nothing(write, call, text):
    said = call("run", "--config", write(text), "--agents", 2, "--json")
    assert rows_of(said, "protocol", "agents", "ticks") == [("sequential", 2, 12)]


def test_compare_takes_lists(write, call):
    text = "protocol: [silent, 'solo']\nagents: 2,3\nlevel:\n  - L1\nticks: 1\nreplicates: 2\n"
    said = call("compare", "--config", write(text), "--json")
    assert len(set(rows_of(said, "protocol", "agents", "level", "seed"))) == 2 * 2 * 1 * 2
    said = call("compare", "--config", "mine.yaml", "--json", "--protocol", "solo")
    assert {r["protocol"] for r in said.body["runs"]} == {"solo"}


def test_options_in_lists_keep_commas(write, call):
    text = "topology:\n  - watts-strogatz:k=4,p=0.1\n  - ring\nprotocol: silent\nagents: 6\n"
    said = call("compare", "--config", write(text), "--ticks", 1, "--replicates", 1, "--json")
    assert rows_of(said, "topology") == [("watts-strogatz:k=4,p=0.1",), ("ring",)]


def test_a_scenario_takes_its_own(write, call):
    text = "scale: 0.02\nagents: 4\nticks: 1\nreplicates: 2\njson: true\nmodel: synthetic/weak\n"
    said = call("scenario", "paper_campaign", "--config", write(text))
    assert set(rows_of(said, "agents", "ticks", "model")) == {(4, 1, "synthetic/weak")}


WRONG = [
    ("ticks: 2\nprotocl: silent\n", "mine.yaml:2: 'protocl' is not known; options: protocol, "),
    ("replicates: 2\n", "mine.yaml:1: 'replicates' is not known"),
    ("config: other.yaml\n", "mine.yaml:1: 'config' is not known"),
    ("1: 2\n", "mine.yaml:1: '1' is not known"),
    ("[a]: 2\n", "is not known"),
    ("ticks: 2\n\nticks: 3\n", "mine.yaml:3: 'ticks' is given twice; give it once"),
    ("max-failures: 2\nmax_failures: 3\n", "mine.yaml:2: 'max_failures' is given twice"),
    ("ticks: two\n", "mine.yaml:1: ticks='two' is not a whole number"),
    ("ticks: 2.5\n", "mine.yaml:1: ticks='2.5' is not a whole number"),
    ("\nbudget: much\n", "mine.yaml:2: budget='much' is not a number"),
    ("budget: .inf\n", "mine.yaml:1: budget='.inf' is not a number"),
    ("json: yes\n", "mine.yaml:1: json='yes' is not true or false"),
    ("agents: [3, 4]\n", "mine.yaml:1: agents is no single value; write `agents: VALUE`"),
    ("ticks: 1\nagents:\n  many: 3\n", "mine.yaml:3: agents is no single value"),
    ("agents:\n", "mine.yaml:1: agents has no value; give one, or leave it out"),
    ("agents: ~\n", "mine.yaml:1: agents has no value"),
    ("agents: 0\n", "agents=0 is below 1"),
    ("- ticks\n", "config=mine.yaml is not a mapping; write `option: value`"),
    ("ticks\n", "config=mine.yaml is not a mapping"),
    (
        "a: 1\nticks: [\n",
        "config=mine.yaml is no YAML: line 3: while parsing a flow node, expected "
        "the node content, but found '<stream end>'; mend that line\n",
    ),
    (
        "ticks: 1\n  a: b\n",
        "config=mine.yaml is no YAML: line 2: mapping values are not allowed "
        "here; mend that line\n",
    ),
    ("ticks: 1\n---\nticks: 2\n", "config=mine.yaml is no YAML: line 2: "),
    ("ticks: 1\nagents: \x01\n", "config=mine.yaml is no YAML: line 2: special characters are"),
    ("a: &a [*a]\n", "mine.yaml:1: 'a' is not known"),
    ("[" * 5000, "config=mine.yaml is no YAML: "),
    ("#" * 1_000_001, "config=mine.yaml is larger than 1,000,000 bytes; use a smaller one"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_a_wrong_file_says_its_line(write, call, text, said):
    write(text)
    found = call("run", "--config", "mine.yaml", "--json")
    assert (found.code, found.out) == (2, "")
    assert found.err.count("\n") == 1
    assert said in found.err
    assert [p.name for p in Path.cwd().iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agents: [4, x]\n", "mine.yaml:1: agents='x' is not a whole number"),
        ("agents: [4, [5]]\n", "mine.yaml:1: agents is no single value"),
        ("agents: []\n", "agents is empty; give at least one"),
        ("agents: [4, 4]\n", "agents names '4' twice; give each once"),
        ("agents: 4,,5\n", "agents='4,,5' has an empty entry"),
        ("ticks: [4]\n", "mine.yaml:1: ticks is no single value"),
        ("protocol: [silent, sollo]\n", "protocol='sollo' is not known; did you mean solo?"),
    ],
)
def test_a_wrong_list_says_its_line(write, call, text, said):
    found = call("compare", "--config", write(text))
    assert found.code == 2
    assert said in found.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_an_unreadable_file_is_named(here, call, content):
    if content is not None:
        Path("mine.yaml").write_bytes(content)
    found = call("run", "--config", "mine.yaml")
    assert found.code == 2
    assert "config=mine.yaml can't be read: " in found.err
    assert "give a YAML file" in found.err


AGAIN = [
    ("run", "--agents 3 --ticks 2 --seed 5 --protocol batched-sequential:batch=2 --budget 3 "
     "--topology watts-strogatz:k=2,p=0.5 --memory off --shock remove@1 --temperature 0.5"),
    ("compare", "--agents 3,4 --ticks 2 --protocol silent,solo --replicates 2 --level L1"),
    ("compare", "--agents 3 --ticks 1 --protocol silent,broadcast --replicates 2 --match calls"),
    ("scenario team_scaling", "--agents 2,3 --ticks 1 --replicates 2 --protocol silent,shared"),
    ("scenario paper_campaign", "--scale 0.01 --agents 4 --ticks 1 --replicates 2"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "options"), AGAIN, ids=[c for c, _ in AGAIN])
def test_a_folders_study_plays_the_same(call, undrawn, monkeypatch, command, options):
    from unscripted.scenarios.harness.runs import matching

    monkeypatch.setattr(matching, "PILOT", 4)
    first = call(*command.split(), *options.split(), "--json", "--out", "first")
    assert first.code == 0, first.err
    study = Path("first/study.yaml").read_text(encoding="utf-8")
    assert study.startswith(f"# unscripted {command} --config FILE\n")
    again = call(*command.split(), "--config", "first/study.yaml", "--json", "--out", "again")
    assert (again.code, again.out) == (0, first.out)
    for name in ("config.json", "study.yaml"):
        assert hashes("again")[name] == hashes("first")[name]


def test_a_study_holds_what_was_said(call, undrawn):
    call("run", "--agents", 3, "--ticks", 1, "--price", "1,2", "--out", "mine")
    assert yaml.safe_load(Path("mine/study.yaml").read_text()) == {
        "agents": 3, "ticks": 1, "price": "1,2",
    }  # fmt: skip


MIND = "def decide(observation):\n    return 'a'\n"


@pytest.fixture
def with_file(call, undrawn, here):
    """A run folder whose run read a network."""
    Path("g.edges").write_text("0 1\n1 2\n", encoding="utf-8")
    said = call("run", "--agents", 3, "--ticks", 1, "--topology", "g.edges", "--json",
                "--out", "first")  # fmt: skip
    assert said.code == 0
    return here


@pytest.mark.parametrize("now", [None, "0 1\n1 2\n2 3\n"])
def test_a_study_finds_its_copies(with_file, call, now):
    original = Path("g.edges")
    _ = original.unlink() if now is None else original.write_text(now, encoding="utf-8")
    said = call("run", "--config", "first/study.yaml", "--json", "--out", "again")
    assert rows_of(said, "topology") == [("first/inputs/0-g.edges",)]


def test_a_study_works_from_anywhere(with_file, call, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert call("run", "--config", with_file / "first/study.yaml", "--json").code == 0


def test_a_study_continues_its_folder(with_file, call):
    said = call("run", "--config", "first/study.yaml", "--ticks", 2, "--json", "--out", "first")
    assert said.code == 0, said.err


def test_a_changed_copy_is_refused(with_file, call):
    Path("g.edges").unlink()
    Path("first/inputs/0-g.edges").write_text("0 1\n", encoding="utf-8")
    said = call("run", "--config", "first/study.yaml", "--json")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "the copy of g.edges has been changed" in said.err


def test_files_beside_a_file_count(write, call):
    Path("sub").mkdir()
    Path("sub/g.edges").write_text("0 1\n1 2\n", encoding="utf-8")
    Path("sub/own.py").write_text(MIND, encoding="utf-8")
    team = "own.py:decide*1+synthetic/weak*2"
    text = f"agents: 3\nticks: 1\ntopology: g.edges\nmodel: {team}\n"
    said = call("run", "--config", write(text, "sub/mine.yaml"), "--json", "--out", "mine")
    assert rows_of(said, "topology", "model") == [("sub/g.edges", f"sub/{team}")]
