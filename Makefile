# `make run` starts Isnad; `make test` runs every test. Both set up all they need.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$python && break; done)
PORT ?= 5000
BIN = .venv/bin
export PORT
unexport PYTHONDONTWRITEBYTECODE # who compiles every module at each start waits a third longer

LABEL_STUDIO = .venv/label-studio
POTATO = .venv/potato

.PHONY: run seed test test-label-studio lint types bench bench-peers check screenshot clean

run: .venv/.installed
	@$(BIN)/python app.py run

seed: .venv/.installed
	@$(BIN)/flask seed

test: .venv/.installed-dev
	@$(BIN)/python -m tests.support.prepare
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-label-studio: .venv/.installed-dev $(LABEL_STUDIO)/bin/label-studio
	@ANNOTATOR_TEST_LABEL_STUDIO=$(CURDIR)/$(LABEL_STUDIO)/bin/label-studio $(BIN)/python -m pytest tests/label_studio

# an environment of its own: its pins and ours do not agree
$(LABEL_STUDIO)/bin/label-studio: | .venv/bin/python
	@echo "Installing a Label Studio server (once, some minutes) …"
	@$(BIN)/python -m venv $(LABEL_STUDIO)
	@$(LABEL_STUDIO)/bin/python -m pip install --quiet --disable-pip-version-check label-studio==1.23.2

lint: .venv/.installed-dev
	@$(BIN)/ruff check .

types: .venv/.installed-dev
	@$(BIN)/mypy

bench: .venv/.installed-dev
	@$(BIN)/python -m tests.bench

# the labelling page beside that of two other tools; their requirements and ours do not agree
bench-peers: .venv/.installed-dev $(LABEL_STUDIO)/bin/label-studio $(POTATO)/bin/potato
	@ANNOTATOR_BENCH_LABEL_STUDIO=$(CURDIR)/$(LABEL_STUDIO)/bin/label-studio ANNOTATOR_BENCH_POTATO=$(CURDIR)/$(POTATO)/bin/potato \
		$(BIN)/python -m tests.bench peers

$(POTATO)/bin/potato: | .venv/bin/python
	@echo "Installing Potato (once) …"
	@$(BIN)/python -m venv $(POTATO)
	@$(POTATO)/bin/python -m pip install --quiet --disable-pip-version-check potato-annotation==2.12.1

screenshot: .venv/.installed-dev
	@$(BIN)/python -m tests.support.screenshot

check: lint types test

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Isnad needs Python 3.11, 3.12 or 3.13; none was found. Name one: make PYTHON=/path/to/python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit(f"Isnad needs Python 3.11, 3.12 or 3.13; {sys.executable} is {v[0]}.{v[1]}.")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing what Isnad needs (once, some minutes) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing what the tests need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
