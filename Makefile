# Two commands to begin with: `make demo` and `make test`. Both set up what they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

MAILS ?= 1000000

.PHONY: demo test check bench cluster mutants reading format clean services wheel looks

demo: $(READY)
	$(BIN)/digest demo
	@echo
	@echo "Next: $(BIN)/digest demo --serve stays up with the pages and the organisers' console, and prints one link"
	@echo "that signs you in: half a year of invented history, an edition that waits for you, a campaign under way; nothing"
	@echo "leaves the machine."

test: $(READY) services
	$(BIN)/pytest --numprocesses=auto --dist=worksteal

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What docs/benchmarks.md tells, measured again into one table; needs the distribution's postfix package, and about
# a quarter of an hour. `.venv/bin/python benchmarks --help` tells how to measure less, and how to get it as JSON.
bench: $(READY)
	$(BIN)/python benchmarks

# PostgreSQL, two workers, a scheduler, a web and a sink on this machine: sends a million mails (MAILS=20000 to look whether it
# works), kills, stops and restarts parts of it meanwhile, prints one table and takes everything away again.
cluster: $(READY) services
	$(BIN)/python benchmarks/cluster.py --mails $(MAILS)

# Breaks the modules that hold the promises in small ways and tells what no test notices; hours, and no part of CI.
# `.venv/bin/python tests/mutants digest/tokens.py` measures one of them in a minute.
mutants: $(READY)
	$(BIN)/python tests/mutants

# Fits the weights by which posts are read and tells how well they do; more labelled posts: CASES="--prose DIR --real FILE".
reading: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt --editable '.[reading]'
	$(BIN)/python tests/reading $(CASES)

# The pictures in docs/looks, of the sample network's mails; needs the distribution's chromium package. With CLIENTS=1 also as
# mail programs show them: those of mutt w3m xterm claws-mail claws-mail-litehtml-viewer thunderbird evolution kmail that are
# installed, with xvfb xdotool imagemagick dbus-x11 (and akonadi-backend-sqlite for kmail).
looks: $(READY)
	CLIENTS=$(CLIENTS) $(BIN)/python docs/looks/make.py

wheel: $(READY)
	$(BIN)/python -m build --wheel --outdir dist

# Chromium, Dovecot, PostgreSQL, Postfix, SpamAssassin and Tidy, where they may be installed (root on Debian), and axe-core
# where npm is; else their tests are skipped and counted.
services:
	@sh .ci/services

$(READY): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 demo")'
	@echo "Setting up $(VENV); this takes a minute, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) dist var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
