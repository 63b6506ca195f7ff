# make train   sets up .venv and trains the default model
# make test    sets up .venv and runs all tests and checks
# make check   the linters and the type checker alone
PYTHON ?= python3.11
BIN := .venv/bin
# make test EXTRAS=test leaves out jax and torch, whose tests are then skipped.
EXTRAS ?= test,backends
# make test LOCK="-c requirements.lock" installs exactly what CI has.
LOCK ?=
ARGS ?=

.PHONY: train test check lock clean

train: .venv/train
	$(BIN)/python train.py $(ARGS)

test: .venv/test
	$(BIN)/python -m pytest -m "long or not long" $(ARGS)
	$(MAKE) check

check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: .venv/test
	$(BIN)/pip freeze --exclude-editable | sed 's/+cpu//' > requirements.lock

clean:
	rm -rf .venv

.venv/train: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet $(LOCK) -e '.[pictures]'
	touch $@

.venv/test: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet $(LOCK) -e '.[$(EXTRAS)]'
	touch $@ .venv/train
