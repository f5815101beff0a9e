# The README and CI call only these targets. `make` alone lists them.

# Before PATH is extended: the interpreter that makes the environments must not be one of theirs.
PYTHON ?= $(shell for candidate in python3.11 python3; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$candidate && break; done)

export PATH := $(CURDIR)/.tools/venv/bin:$(PATH)
export CARGO_TARGET_DIR ?= $(HOME)/.cache/caretaker/target
export PYTHONPATH := $(CURDIR)/local
export SAM_CLI_TELEMETRY := 0
# Lint, build and the local cloud need a region, and no account.
export AWS_DEFAULT_REGION ?= us-east-1

SAM := .tools/sam/bin/sam
CFN_LINT := .tools/sam/bin/cfn-lint
LOCAL := .tools/venv/bin/python -m caretaker_local
FUNCTIONS := $(notdir $(patsubst %/,%,$(wildcard functions/*/)))
TEST := $(if $(shell command -v cargo-nextest),cargo nextest run,cargo test)

.DEFAULT_GOAL := help
.PHONY: help tools build check test demo crash bless picture up down sam-local

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

tools: .tools/venv/.stamp .tools/sam/.stamp ## Install the pinned Python tools into .tools/

.tools/venv/.stamp: local/requirements.txt
.tools/sam/.stamp: local/requirements-sam.txt
.tools/venv/.stamp .tools/sam/.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; set PYTHON=/path/to/it" >&2; exit 1; }
	@echo "installing $< into $(@D)"
	@$(PYTHON) -m venv --clear $(@D) || { echo "$(PYTHON) cannot make a virtual environment" \
		"(Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

build: tools ## Build the functions as they ship: release, for Amazon Linux 2023
	cargo lambda build --release $(addprefix --bin ,$(FUNCTIONS))

# The SAM build is a debug one by the plain compiler, so that it takes over what `make test` has compiled.
check: tools ## Format, lint, template, SAM build, dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	$(CFN_LINT) template.yaml
	$(SAM) validate --lint
	SAM_BUILD_MODE=debug CARGO_LAMBDA_COMPILER=cargo $(SAM) build --build-in-source
	cargo deny check bans licenses sources

# The functions come first: the end-to-end tests deploy them.
test: tools ## Every test: units, simulator, end to end on the local cloud
	cargo build --workspace --bins
	$(TEST) --workspace
	.tools/venv/bin/python -m pytest --quiet local
	.tools/venv/bin/python -m pytest --quiet celery
	@.tools/venv/bin/python local/answer_page.py

.PHONY: test-page
test-page: tools ## The page that acknowledges an incident, in a real browser; CARETAKER_REQUIRE_BROWSER=1 fails without one
	@.tools/venv/bin/python local/answer_page.py $(PICTURE)

# One build with all binaries: a subset would unify features differently and compile the SDKs again.
.PHONY: functions-demo
functions-demo: tools
	CARGO_LAMBDA_COMPILER=cargo cargo lambda build $(addprefix --bin ,$(FUNCTIONS))

demo: functions-demo ## A tenant's life on the local cloud: made, scaled, repaired, paged for, gone; five minutes
	cargo run --quiet --bin demo

.PHONY: demo-scaling
demo-scaling: functions-demo ## Celery workers follow their queues: Valkey, Celery, a burst, a deployment, a restart
	cargo run --quiet --bin demo-scaling

.PHONY: demo-remediation
demo-remediation: functions-demo ## A game day: everything fails, and is repaired or left alone as it should be; twenty minutes
	cargo run --quiet --bin demo-remediation

.PHONY: demo-paging
demo-paging: functions-demo ## What people see of alarms and incidents, on PagerDuty and Slack with their rules; sixteen minutes
	cargo run --quiet --bin demo-paging

.PHONY: reaction
reaction: functions-demo ## How long it takes from the arrival of tasks until the count of workers is set; six minutes
	cargo run --quiet --bin reaction

.PHONY: scale-in
scale-in: functions-demo ## 10,000 tasks on real Celery workers, some of which are taken away every ten seconds; six minutes
	cargo run --quiet --bin scale-in

# Both are resumable: a rerun of the same code goes on where the last one was stopped.
crash: ## A kill before and after every call of a life on the whole of MATE, on the simulator
	cargo run --quiet --bin crash

.PHONY: crash-local
crash-local: functions-demo ## kill -9 of the deployed functions after calls of such a life, on the local cloud; CRASH_EVERY=50 for a sample
	cargo run --quiet --bin crash-local

# The report and the chart go to target/bench of this checkout, like those of other benchmarks.
.PHONY: backtest
backtest: ## Our scaler beside KEDA, HPA, target tracking and a clairvoyant; TRACE=FILE TRACE_OPTIONS="--service-column …" for another trace
	cargo run --quiet -p backtest -- $(if $(TRACE),--trace "$(TRACE)" $(TRACE_OPTIONS),$(addprefix --synthetic ,daily bursts ramps silence)) \
		--out target/bench/backtest.json --svg target/bench/backtest.svg

bless: tools ## Accept what the snapshot tests show now, write the schemas of blueprints and routes anew
	cargo build --workspace --bins
	cargo run --quiet --bin caretaker -- blueprint schema > blueprints/schema.json.new
	mv blueprints/schema.json.new blueprints/schema.json
	cargo run --quiet --bin caretaker -- routes schema > paging/schema.json.new
	mv paging/schema.json.new paging/schema.json
	INSTA_UPDATE=always $(TEST) --workspace

# STACK and RECEIVERS_SECRET (the stack's output ReceiversSecretArn) say what is looked at.
.PHONY: doctor
doctor: ## Whether the pager of a deployed stack would reach anybody; fails with what to do if not
	cargo run --quiet --bin caretaker -- $(if $(STACK),--stack "$(STACK)") doctor

picture: ## Draw docs/mate-tenant.svg, the picture in the README, anew
	@mkdir -p docs
	cargo run --quiet --example picture -- docs/mate-tenant.svg

up: tools ## Start the local cloud and leave it running
	@$(LOCAL) up

down: tools ## End the local cloud
	@$(LOCAL) down

# AWS's image has an older C library than this machine may have: cargo-lambda's own compiler, and a folder of its own,
# so that the two compilers do not undo each other's work.
sam-local: tools ## sam local invoke of the functions in containers, on a local cloud
	CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)/sam-local cargo lambda build $(addprefix --bin ,$(FUNCTIONS))
	@.tools/venv/bin/python local/sam_local.py $(CARGO_TARGET_DIR)/sam-local/lambda
