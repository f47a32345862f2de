# The two commands, `make run` and `make test`, and the environment that they need.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test audit bench bench-report bench-profile venv graphiql spa screenshots sdl migration lint clean
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
	@echo 'make audit  look up known weaknesses of all packages; needs the network, so that no test depends on it'
	@echo 'make bench  measure this server beside others and write docs/performance.md; some 25 minutes on two quiet cores'
	@echo '            ARGS=--help says what can be chosen; make bench-report writes the page anew from the last results'
	@echo 'make venv   make or refresh the environment in $(VENV); PYTHON=... chooses the Python (3.11 or newer)'
	@echo 'make sdl    write schema/schema.graphql; make migration, after a change of a model; make lint'
	@echo 'make screenshots  take the pictures in docs/screenshots/ anew'
	@echo 'make clean  delete the environment and what was built; data in .data stay (stop `make run`, then delete it)'

run: $(STAMP) graphiql spa
	@exec $(VENV)/bin/mentorship run

test: $(STAMP) graphiql spa
	@exec $(VENV)/bin/python -m pytest $(ARGS)

audit: $(STAMP)
	@exec ./.ci/audit

bench: $(STAMP)
	@exec $(VENV)/bin/python -m benchmarks run $(ARGS)

bench-report bench-profile: bench-%: $(STAMP)
	@exec $(VENV)/bin/python -m benchmarks $* $(ARGS)

venv: $(STAMP)

graphiql spa: $(STAMP)
	@exec $(VENV)/bin/python -m server.$@.build

screenshots: $(STAMP) graphiql spa
	@exec $(VENV)/bin/python -m tests.screenshots

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

migration: $(STAMP)
	@$(VENV)/bin/tortoise -c models.database.AUTODETECTOR makemigrations

lint: $(STAMP)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

clean:
	rm -rf $(VENV) server/graphiql/dist server/graphiql/node_modules benchmarks/peers/node_modules \
		tests/tools/node_modules examples/node_modules examples/spa/dist examples/spa/node_modules \
		*.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +
