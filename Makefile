# Everything a developer types. Needs make, git and a Python of 3.11 or later; brings the rest.
# What was installed is remembered by stamp files, so a second call starts at once.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
.SHELLFLAGS := -eu -c
MAKEFLAGS += --no-print-directory --no-builtin-rules

UV := .uv/bin/uv
UV_VERSION := 0.13.9
BIN := .venv/bin
RUNTIME := .venv/.runtime
DEV := .venv/.dev
VENDOR := api/web/static/vendor
ASSETS := $(VENDOR)/.stamp
TESTED_WITH := tests/web/node_modules/.stamp docs/examples/market-node/node_modules/.stamp

# uv works on this project's environment whatever is active, and with a Python that is here.
export VIRTUAL_ENV := $(CURDIR)/.venv
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONPATH PYTHONHOME
# A setting of containers that would have each process compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check fmt bench lint lock clean browser

help: ## show this
	@echo "Suyuan 溯源. What there is:"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: $(RUNTIME) $(ASSETS) ## serve the demo county on http://127.0.0.1:8000 (PORT=… for another)
	@SUYUAN_DEV="$${SUYUAN_DEV:-1}" exec $(BIN)/suyuan serve --demo

# A module stays on one worker; tests/conftest.py says which begin first.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: lint ## the linters and the quick tests, under a minute
	@$(PYTEST) -q -m "not slow and not browser"

test: lint browser ## everything, with coverage; as root on Debian it installs the browser it needs
	@$(BIN)/hadolint docker/Dockerfile
	@$(BIN)/yamllint --strict docker/compose.yaml
	@if [ -e .uv/no-browser ]; then \
		$(PYTEST) -m "not browser" --cov --cov-branch --cov-fail-under=95; \
		echo "NOT RUN: the browser tests. $$(cat .uv/no-browser)"; \
	else \
		$(PYTEST) --cov --cov-branch --cov-fail-under=95; \
	fi

lint: $(DEV) $(ASSETS) $(TESTED_WITH)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --explicit-package-bases tests docs/examples
	@$(BIN)/lint-imports

fmt: $(DEV) ## format the code, and mend what the linter can mend
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

BENCHES := append import verify project trace labels lookup market
bench: $(RUNTIME) ## measure (BENCHES="append trace" for some, QUICK=1 for a short run)
	@for name in $(BENCHES); do $(BIN)/suyuan bench "$$name" $(if $(QUICK),--quick); done

lock: $(UV) ## write the lock files anew, with the newest versions that fit
	@compile="$(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-header"; \
	compile="$$compile --python-version 3.11 --no-emit-index-url --no-emit-find-links"; \
	$$compile --group dev pyproject.toml -o requirements-dev.lock; \
	$$compile --constraint requirements-dev.lock pyproject.toml -o requirements.lock; \
	$$compile requirements-node.in -o requirements-node.lock
	@for folder in api/web $(TESTED_WITH:/node_modules/.stamp=); do \
		(cd "$$folder" && npm update --package-lock-only --ignore-scripts --no-audit --no-fund); \
	done

clean: ## remove what was installed and built (not the data in .suyuan)
	rm -rf .uv .venv .node api/web/node_modules $(TESTED_WITH:/.stamp=) $(VENDOR) dist .coverage*
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- Python -----------------------------------------------------------------------------------

# The first Python that really runs (a pyenv shim may not) and can make an environment.
$(UV): Makefile
	@wanted=$$(cat .python-version); \
	for python in "python$$wanted" \
		"$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/"$$wanted"*/bin/python \
		python3.13 python3.12 python3.11 python3 python \
		"$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.1[1-3]*/bin/python; do \
		if "$$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' \
			</dev/null >/dev/null 2>&1; then found="$$python"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
		echo "No Python of 3.11 or later with venv was found." >&2; \
		echo "Install one (Debian: apt-get install python3 python3-venv) and try again." >&2; \
		exit 1; \
	fi; \
	echo "Setting up with $$("$$found" --version) …"; \
	"$$found" -m venv --clear .uv; \
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); \
	touch $@

.venv/pyvenv.cfg: $(UV) .python-version
	@$(UV) venv --quiet --clear --python .uv/bin/python .venv

# What serves: no test tools. `pip sync` takes away what the lock does not name, so the other
# stamp goes too.
$(RUNTIME): .venv/pyvenv.cfg requirements.lock pyproject.toml
	@rm -f $(DEV)
	@$(UV) pip sync --quiet --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --editable .
	@touch $@

$(DEV): .venv/pyvenv.cfg requirements-dev.lock requirements.lock pyproject.toml
	@$(UV) pip sync --quiet --require-hashes requirements-dev.lock
	@$(UV) pip install --quiet --no-deps --editable .
	@touch $(RUNTIME) $@

# --- what pages take from npm -----------------------------------------------------------------

# Node comes from a wheel where the system has none.
WITH_NODE = if ! npm --version </dev/null >/dev/null 2>&1; then \
		if ! [ -x .node/bin/npm ]; then \
			$(UV) venv --quiet --clear --python .uv/bin/python .node; \
			VIRTUAL_ENV="$(CURDIR)/.node" \
				$(UV) pip sync --quiet --require-hashes requirements-node.lock; \
		fi; \
		PATH="$(CURDIR)/.node/bin:$$PATH"; \
	fi
NPM_CI := npm ci --silent --ignore-scripts --no-audit --no-fund </dev/null

$(ASSETS): api/web/package-lock.json api/web/vendor.mjs requirements-node.lock | .venv/pyvenv.cfg
	@$(WITH_NODE); \
	cd api/web; \
	$(NPM_CI); \
	npm run --silent vendor </dev/null; \
	rm -rf node_modules
	@touch $@

$(TESTED_WITH): %/node_modules/.stamp: %/package-lock.json requirements-node.lock | .venv/pyvenv.cfg
	@$(WITH_NODE); \
	cd $*; \
	$(NPM_CI)
	@touch $@

# --- the browser of the tests -----------------------------------------------------------------

# Leaves .uv/no-browser, with the reason, where there is none; in CI that is a failure.
browser: $(DEV)
	@rm -f .uv/no-browser; \
	has_all() { command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; }; \
	if ! has_all && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing chromium and a Chinese font …"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends chromium fontconfig fonts-wqy-microhei; } \
			</dev/null >.uv/browser.log 2>&1 || tail -n 5 .uv/browser.log >&2; \
	fi; \
	if ! has_all; then \
		reason="They need chromium and a Chinese font: apt-get install chromium fontconfig"; \
		reason="$$reason fonts-wqy-microhei"; \
		if [ "$${CI:-}" = true ]; then echo "No browser tests in CI? $$reason" >&2; exit 1; fi; \
		echo "$$reason" > .uv/no-browser; \
	fi
