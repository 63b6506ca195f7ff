# make train   sets up .venv and trains the default model
# make test    sets up .venv and runs all tests and checks
# make check   the linters and the type checker alone
# make bench   the benchmarks: a table and a chart in benchmarks/
# make soak    200 kills at random moments, one at every write step, processes that train
#              together, and 18,000 damaged files; about an hour
# make mutants  changes lines of the product in a copy and says which of the changes no
#              test notices; hours, unless ARGS="--sample 40" or so. It can be cut short
# make audit   known vulnerabilities in what requirements.lock pins; needs the network
# make lock    renews requirements.lock from .venv
# make messages  collects what is said, for its Korean in before_keras/locale
# make notebooks  writes notebooks/en and notebooks/ko from their sources
# make questions  writes what the page answers, of docs/questions.md
# make pictures PAGE=explore.html  the READMEs' pictures of the page
# make site    the site in site/: notebooks executed, questions, reference, the page
# make dist    the package as one file, dist/chapter9-*.whl, to be installed elsewhere
#
# PYTHON=... names the Python that .venv is made from; else it is the first one here that
# is 3.11 to 3.13 and can make an environment. One that .venv has already is kept.
OURS := import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(or $(shell for python in \
	$(BIN)/python python3.13 python3.12 python3.11 python3 python; do \
		if $$python -c '$(OURS)' >/dev/null 2>&1; then echo $$python; break; fi; \
	done),$(error found no Python from 3.11 to 3.13 with venv: install one (Debian \
	and Ubuntu: apt install python3 python3-venv; others: python.org), or name it: \
	make $(MAKECMDGOALS) PYTHON=/path/to/python3.13))
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# make test EXTRAS=test,backends,export tests torch as well. On Linux that downloads
# gigabytes of CUDA, unless a CPU build of torch is installed or comes first for pip.
EXTRAS ?= test,jax,export
# make test LOCK="-c requirements.lock" installs exactly what CI has.
LOCK ?=
ARGS ?=

.PHONY: train test check bench soak mutants audit lock messages notebooks questions
.PHONY: pictures site dist clean

train: .venv/train
	$(BIN)/python train.py $(ARGS)

test: .venv/test
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "long or not long" $(ARGS)
	$(MAKE) check

check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/test
	$(BIN)/python -m benchmarks $(ARGS)

soak: .venv/test
	CHAPTER9_KILLS=200 CHAPTER9_FUZZ=3000 \
		$(BIN)/python -m pytest -m long -k "killed or damaged or joint_run" \
		$(ARGS) tests/test_resume.py tests/test_export_killed.py tests/test_fuzz.py \
		tests/test_joint_training.py

mutants: .venv/test
	$(BIN)/python -m pip install --quiet $(LOCK) -e '.[mutants]'
	$(BIN)/python -m tests.mutants $(ARGS)

audit:
	$(PYTHON) -m venv .venv/audit
	.venv/audit/bin/pip install --quiet pip-audit
	rm -f .venv/audit.md
	.venv/audit/bin/pip-audit --strict --no-deps --disable-pip -r requirements.lock \
		--format markdown --output .venv/audit.md || \
	if [ -s .venv/audit.md ]; then cat .venv/audit.md; exit 1; \
	else echo "audit: not done, the advisories could not be had"; fi

lock: .venv/test
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu//' > requirements.lock

KOREAN := before_keras/locale/ko/LC_MESSAGES/chapter9
messages: .venv/test
	$(BIN)/pybabel --quiet extract --no-location --sort-output --omit-header \
		--output .venv/messages.pot before_keras chapter9 models verification commands
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date --locale ko \
		--input-file .venv/messages.pot --output-file $(KOREAN).po
	$(BIN)/pybabel --quiet compile \
		--input-file $(KOREAN).po --output-file $(KOREAN).mo

notebooks: .venv/test
	$(BIN)/python notebooks/build.py

questions:
	$(PYTHON) docs/build.py

pictures: .venv/test
	$(BIN)/python docs/pictures.py $(PAGE)

site: .venv/test
	$(BIN)/python -m website $(ARGS)

dist: .venv/train
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf .venv

.venv/train: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet $(LOCK) -e '.[tensorflow,pictures]'
	touch $@

.venv/test: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet $(LOCK) -e '.[$(EXTRAS)]'
	touch $@ .venv/train
