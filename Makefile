# The two commands, `make run` and `make test`, and the environment that they need.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check quick hooks audit bench bench-report bench-profile venv graphiql spa sdl fresh-sdl docs \
	migration lint types clean
.SUFFIXES:

VENV := .venv
STAMP := $(VENV)/.installed
# The newest Python that works. Being found is not enough: a version manager's stand-in may lead nowhere.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done)

# Settings count when they stand on make's command line; a DATABASE_URL that happens to be in the environment does not.
# MENTORSHIP_ variables in the environment reach `make run` as they are.
define set
ifeq ($$(origin $(1)),command line)
run: export $(2) := $$($(1))
endif
endef
$(eval $(call set,HOST,MENTORSHIP_HOST))
$(eval $(call set,PORT,MENTORSHIP_PORT))
$(eval $(call set,DATABASE_URL,MENTORSHIP_DATABASE_URL))
$(eval $(call set,REDIS_URL,MENTORSHIP_REDIS_URL))
$(eval $(call set,WORKERS,MENTORSHIP_WORKERS))
$(eval $(call set,SECRET_KEY,MENTORSHIP_SECRET_KEY))

help: ## say what there is
	@echo 'make run    start everything here and serve on http://127.0.0.1:8000/; Ctrl-C stops it'
	@echo '            make run PORT=9000 DATABASE_URL=postgres://... REDIS_URL=redis://... WORKERS=2 SECRET_KEY=...'
	@echo '            (HOST=... too) serves from servers that exist, and puts no demo people there'
	@echo 'make test   install and run all tests; TEST_DATABASE_URL and TEST_REDIS_URL name servers to test on,'
	@echo '            ARGS=... is handed to pytest'
	@echo 'make check  what is to hold before a change goes in: make lint, make types, make fresh-sdl, all tests'
	@echo 'make quick  the fast part of it, for between two steps; make hooks has git ask for lint, types and SDL at each commit'
	@echo 'make audit  look up known weaknesses of all packages; needs the network, so that no test depends on it'
	@echo 'make bench  measure this server beside others and write docs/performance.md; some 25 minutes on two quiet cores'
	@echo '            ARGS=--help says what can be chosen; make bench-report writes the page anew from the last results'
	@echo 'make venv   make or refresh the environment in $(VENV); PYTHON=... chooses the Python (3.11 or newer)'
	@echo 'make sdl    write schema/schema.graphql; make migration, after a change of a model'
	@echo 'make docs   write docs/settings.md, after a change of a setting'
	@echo 'make lint   ruff; make types, mypy; make fresh-sdl, whether make sdl was forgotten'
	@echo 'make clean  delete the environment and what was built; data in .data stay (stop `make run`, then delete it)'

run: $(STAMP) graphiql spa
	@exec $(VENV)/bin/mentorship run

test: $(STAMP) graphiql spa
	@exec $(VENV)/bin/python -m pytest $(ARGS)

# First what answers soonest. The SDL's linter and all the rest are among the tests.
check: lint types fresh-sdl test

# One module for each: the layers, the SDL, these pages, and stories of a group, a match, a pair's words and its stream.
QUICK := layers sdl contributing groups matches posts activity

quick: lint types
	@exec $(VENV)/bin/python -m pytest -q $(QUICK:%=tests/test_%.py)

hooks: $(STAMP)
	@exec $(VENV)/bin/pre-commit install

audit: $(STAMP)
	@exec ./.ci/audit

bench: $(STAMP)
	@exec $(VENV)/bin/python -m benchmarks run $(ARGS)

bench-report bench-profile: bench-%: $(STAMP)
	@exec $(VENV)/bin/python -m benchmarks $* $(ARGS)

venv: $(STAMP)

graphiql spa: $(STAMP)
	@exec $(VENV)/bin/python -m server.$@.build

$(STAMP): pyproject.toml constraints.txt
	@if [ -z '$(PYTHON)' ]; then \
		echo 'No Python 3.11 or newer was found. Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3' >&2; \
		exit 1; fi
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo '$(PYTHON) is no Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3' >&2; exit 1; }
	@'$(PYTHON)' -c 'import venv, ensurepip' 2>/dev/null || { \
		echo '$(PYTHON) cannot make environments. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@rm -f $(STAMP)
	@[ -x $(VENV)/bin/python ] && $(VENV)/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { rm -rf $(VENV) && echo 'Making $(VENV) with $(PYTHON)' && '$(PYTHON)' -m venv $(VENV); }
	@echo 'Installing'
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check \
		--constraint constraints.txt --editable '.[local,test,bench]'
	@touch $(STAMP)

sdl: $(STAMP)
	@$(VENV)/bin/mentorship schema > schema/schema.graphql

docs: $(STAMP)
	@$(VENV)/bin/mentorship settings > docs/settings.md

fresh-sdl: $(STAMP)
	@$(VENV)/bin/mentorship schema | cmp -s - schema/schema.graphql || { \
		echo 'schema/schema.graphql is not what the code says: run `make sdl`, and commit what it writes.' >&2; exit 1; }

migration: $(STAMP)
	@$(VENV)/bin/tortoise -c models.database.AUTODETECTOR makemigrations

lint: $(STAMP)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

types: $(STAMP)
	@exec $(VENV)/bin/mypy

clean:
	rm -rf $(VENV) server/graphiql/dist server/graphiql/node_modules benchmarks/peers/node_modules \
		tests/tools/node_modules examples/node_modules examples/spa/dist examples/spa/node_modules \
		*.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +
