# `make help` names the targets. Variables: PYTHON (the interpreter to set up with), ARGS (for test, demo and bench).

SHELL = /bin/sh
BIN = .venv/bin
STAMP = .venv/.installed
LOG = .venv/install.log

.PHONY: help setup demo test lint format bench wheel clean
.DEFAULT_GOAL = help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1@\2/p' Makefile | awk -F@ '{ printf "  make %-8s %s\n", $$1, $$2 }'

setup: $(STAMP) ## make .venv and install holdfast with all it needs

# CPPFLAGS: durable-rules calls by a name that Python 3.13 took away.
$(STAMP): pyproject.toml
	@fits() { "$$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }; \
	python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	    if fits "$$name"; then python=$$name; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ] || ! fits "$$python"; then \
	  python=$${python:-python3}; found=$$("$$python" --version 2>/dev/null || echo "no $$python"); \
	  echo "holdfast needs Python 3.11 or newer with its venv module, but here is $$found" >&2; \
	  echo "install one, or name it: make setup PYTHON=/path/to/python3" >&2; \
	  exit 1; \
	fi; \
	if ! fits $(BIN)/python; then \
	  echo "making .venv with $$("$$python" --version) ..."; \
	  "$$python" -m venv --clear .venv || exit 1; \
	fi; \
	echo "installing into .venv; this takes a minute or two ..."; \
	if ! CPPFLAGS="$$CPPFLAGS -DPyEval_CallObject=PyObject_CallObject" \
	    $(BIN)/python -m pip install --disable-pip-version-check -e '.[rete,dev]' >$(LOG) 2>&1; then \
	  cat $(LOG) >&2; \
	  echo "the installation failed, see above" >&2; \
	  if grep -qi 'failed.*durable' $(LOG); then \
	    echo "durable-rules is compiled here: that needs a C compiler and Python's headers (python3-dev)" >&2; \
	  fi; \
	  exit 1; \
	fi; \
	touch $@

demo: setup ## run the main job on the example company
	@$(BIN)/holdfast demo $(ARGS)

test: setup ## all tests; some: make test ARGS="-m 'not wheel' -k calendar"
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: setup ## ruff and mypy
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

format: setup ## let ruff format and mend what it can
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

bench: setup ## measure a night's run
	@$(BIN)/python -m benchmarks $(ARGS)

wheel: setup ## build the wheel into dist/
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean: ## remove .venv, built files and caches
	@rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
