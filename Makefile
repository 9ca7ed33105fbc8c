# Tausonite: `make help` lists the targets.
#
# The product and the tests are built in folders of their own (.build, .build-tests): tests need -enable-testing, and
# going back and forth between two sets of flags in one folder would rebuild every Swift target each time.

SHELL := /bin/bash
JOBS ?= $(shell nproc)
BUILD := swift build -c release -j $(JOBS)
TESTING := -c release -Xswiftc -enable-testing --scratch-path .build-tests -j $(JOBS)
TAUSONITE := .build/release/tausonite

.DEFAULT_GOAL := help
.PHONY: help setup build reproduce test bench clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## install what is missing (Debian packages, .venv); says what it installs
	@Scripts/setup.sh

build: setup ## build .build/release/tausonite
	$(BUILD) --product tausonite

reproduce: build ## run the whole chain: prints the validation table, writes results/report.html
	$(TAUSONITE) reproduce

test: setup ## build and run all tests
	swift build --build-tests $(TESTING)
	swift test $(TESTING)

bench: setup ## run the benchmarks of Benchmarks/
	swift run -c release -j $(JOBS) --package-path Benchmarks --scratch-path .build-bench

clean: ## remove what was built and computed; keeps .venv
	rm -rf .build .build-tests .build-bench results
