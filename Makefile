# Two commands are enough on a fresh machine: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
ADDRESS ?= 127.0.0.1:8000

RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-dejavu-core \
	fonts-morisawa-bizud-gothic fonts-ipamj-mincho
# libatomic1: the browser driver of the tests is a Node.js that needs it; softhsm2: a token without hardware;
# the JDK: compiles and runs the driver of the PDF validator
TEST_PACKAGES := poppler-utils qpdf mupdf-tools chromium postgresql openssl git libatomic1 softhsm2 \
	openjdk-17-jdk-headless

.PHONY: help run serve test check soak fresh bench e2e pictures lock verifier translations prepared tested packages test-packages

help: ## list what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: prepared ## set up everything, load demo data, and serve on http://127.0.0.1:8000
	@echo "Bringing the database up to date"
	@$(FLASK) db upgrade 2>/dev/null || { echo "The database could not be brought up to date." >&2; exit 1; }
	@$(FLASK) demo load
	@$(MAKE) --no-print-directory serve

serve: ## serve what is there
	@echo "Serving on http://$(ADDRESS) (stop with Ctrl-C)"
	@KAKUNIN_BIND=$(ADDRESS) $(BIN)/gunicorn -c deploy/gunicorn.conf.py wsgi:app

test: tested check ## run every check and every test
	@echo "Running the tests"
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q

check: tested ## lint, types, import contracts, templates
	@echo "Checking style, types, contracts and templates"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --check --lint --quiet

e2e: tested ## walk the service in a real browser
	@$(BIN)/python -m pytest -q -m e2e

soak: tested ## kill issuing at every step and 200 times at random, change every byte of an attestation (over an hour)
	@SOAK=1 $(BIN)/python -m pytest -q tests/services/test_crashes.py tests/signing/test_every_byte.py

fresh: ## prove the two commands: new clone, new machine, nothing installed
	@deploy/fresh.sh

bench: tested ## measure against the bare cost of the same work; writes bench/results.json
	@$(BIN)/python -m bench

pictures: tested ## take the pictures of docs/
	@$(BIN)/python -m tests.e2e.pictures

lock: $(BIN)/uv ## pin the dependencies of pyproject.toml by hash
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-strip-extras --generate-hashes --no-emit-index-url \
		--no-annotate --no-header pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-strip-extras --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

$(BIN)/uv:
	@$(BIN)/pip install -q uv

verifier: prepared ## build kakunin-verify, the offline verifier, into build/
	@$(FLASK) attestations verifier build

translations: ## take new strings into the catalogue
	@$(BIN)/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext --no-location --sort-output -o .make-messages.pot .
	@$(BIN)/pybabel -q update -i .make-messages.pot -d app/web/translations \
		--no-fuzzy-matching --ignore-obsolete --no-wrap --omit-header --ignore-pot-creation-date
	@rm -f .make-messages.pot

prepared: packages $(VENV)/runs app/web/translations/ja/LC_MESSAGES/messages.mo

tested: prepared test-packages $(VENV)/tests

packages:
	@deploy/packages.sh $(RUN_PACKAGES)

test-packages:
	@deploy/packages.sh $(TEST_PACKAGES)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Kakunin needs Python 3.11 or newer; $(PYTHON) is older." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || deploy/packages.sh python3-venv
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runs: requirements.txt | $(BIN)/python
	@echo "Installing what the service needs"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/tests: requirements-dev.txt | $(VENV)/runs
	@echo "Installing what the tests need"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

app/web/translations/ja/LC_MESSAGES/messages.mo: app/web/translations/ja/LC_MESSAGES/messages.po | $(VENV)/runs
	@# -f: a catalogue without a header counts as fuzzy, and is kept without one so that it does not churn
	@$(BIN)/pybabel -q compile -f -d app/web/translations
