# Two commands: `make demo` installs and runs the main job; `make test` installs what the tests need and runs them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: demo test check dashboard wheel clean

demo: $(VENV)/.installed ## measure this machine, project the example, write its business plan
	$(BIN)/groundplan demo

dashboard: $(VENV)/.installed ## the pages, on this machine
	$(BIN)/groundplan dashboard

test: check ## lint, types, import contracts, and every test
	$(BIN)/python -m pytest

check: $(VENV)/.installed-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: $(VENV)/.installed-tests ## the distribution, in dist/
	$(BIN)/python -m build --wheel

clean: ## everything that these commands made, but no workspace
	rm -rf $(VENV) build dist reports/out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV) || { sh tests/system-packages.sh python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	touch $@

$(VENV)/.installed-tests: $(VENV)/.installed tests/system-packages.sh
	$(PIP) --editable '.[dev]'
	sh tests/system-packages.sh chromium libreoffice-calc poppler-utils
	touch $@
