# make run    sets everything up in .venv and plays one organization on the embedded minds
# make test   sets everything up and passes all tests
# make live    tests with a small language model on this machine (fetches 98 MB)
# make ray     tests with a real Ray of two nodes on this machine (fetches 70 MB)
# make browser  drives the pages in a real browser (Chromium; fails where there is none)
# make docs    builds the documentation site into build/site, strictly and offline
# make bench  slow tests and benchmarks, as ratios
# make gallery  runs every scenario and writes docs/scenarios.md with its figures
# make check  lint, format, import contracts, types, the survey of the house
# make pins   plays 130 commands and says whether any computes something else

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
FILES := pyproject.toml constraints.txt

.PHONY: run test live ray browser docs bench gallery check pins ci clean

run: $(VENV)/.run-ready
	$(BIN)/unscripted run --agents 20

test: $(VENV)/.test-ready
	$(BIN)/python -m pytest -n auto

bench: $(VENV)/.test-ready
	$(BIN)/python -m pytest -m "bench or slow" --timeout 1800 -s tests

live: $(VENV)/.test-ready
	$(BIN)/unscripted fetch smollm2-135m
	$(BIN)/python -m pytest -m live --timeout 1800 tests

ray: $(VENV)/.test-ready
	$(PIP) -e ".[ray]"
	$(BIN)/python -m pytest -m slow --timeout 600 --durations 3 tests/harness/executors/test_ray_cluster.py

browser: $(VENV)/.dev-ready
	$(BIN)/python -m pytest -m browser --durations 5 tests/browser

docs: $(VENV)/.dev-ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

gallery: $(VENV)/.run-ready
	$(BIN)/python -m unscripted.scenarios.harness.cli.gallery docs

check: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	.ci/types $(BIN)/mypy
	$(BIN)/python .ci/survey.py

pins: $(VENV)/.test-ready
	$(BIN)/python tests/pins/play.py check

ci:
	bash .ci/run

clean:
	rm -rf $(VENV) *.egg-info build dist

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; v = sys.version_info; \
	sys.exit(None if v >= (3, 11) else f"unscripted needs Python 3.11 or later; {sys.executable} is {v[0]}.{v[1]}; use make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-ready: $(VENV)/bin/python $(FILES)
	$(PIP) -e .
	@touch $@

$(VENV)/.test-ready: $(VENV)/bin/python $(FILES)
	$(PIP) -e ".[test]"
	@touch $@ $(VENV)/.run-ready

$(VENV)/.dev-ready: $(VENV)/bin/python $(FILES)
	$(PIP) -e ".[dev]"
	@touch $@ $(VENV)/.test-ready $(VENV)/.run-ready
