# Tausonite: `make help` lists the targets.
#
# The product and the tests share one folder (.build) and one set of flags: -enable-testing costs the product no
# measurable time, and a second set of flags would build every target twice.

SHELL := /bin/bash
JOBS ?= $(shell nproc)
# Instructions to build for: empty is any x86-64; `make build LEVEL=x86-64-v3` (AVX2) is 1.1 times faster, 1.4 to 1.5 times in lanes
# (Benchmarks/README.md), and runs on such machines only.
LEVEL ?=
FLAGS := -c release -Xswiftc -enable-testing -j $(JOBS) $(if $(LEVEL),-Xcc -march=$(LEVEL))
TOOLCHAIN = $(dir $(realpath $(shell which swift)))
TAUSONITE := .build/release/tausonite

.DEFAULT_GOAL := help
.PHONY: help setup build install reproduce figures tour docs wheel test test-examples fuzz fuzzers sanitize coverage lint format bench clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: ## install what is missing (Debian packages, .venv); says what it installs
	@Scripts/setup.sh

build: setup ## build .build/release/tausonite
	swift build $(FLAGS) --product tausonite

PREFIX ?= /usr/local
install: build ## install into PREFIX (default /usr/local): bin/tausonite, share/tausonite
	Scripts/install.sh "$(PREFIX)"

reproduce: build ## run the whole chain: prints the validation table, writes results/report.html
	$(TAUSONITE) reproduce

figures: reproduce ## renew the figures of the documents (Docs/figures) from results/
	mkdir -p Docs/figures
	cp results/figures/fig3b.png results/figures/fig3d.png results/figures/reduction.png Docs/figures/

tour: build ## run the commands of Docs/tour.md and compare what they print; Scripts/tour.py --renew writes it anew
	python3 Scripts/tour.py

wheel: ## build the wheel of the Python package (Docs/python.md) in results/wheel
	@Scripts/setup.sh --with wheel
	swift build $(FLAGS) --product PythonBridge
	Scripts/wheel.sh

test: ## build and run all tests
	@Scripts/setup.sh --tests
	swift build --build-tests $(FLAGS)
	swift build $(FLAGS) --product PythonBridge
	swift test --skip-build $(FLAGS)

test-examples: setup ## build and run the program that imports the library (Docs/examples/swift)
	swift run -c release -j $(JOBS) --package-path Docs/examples/swift --scratch-path .build-examples

docs: build ## write the library's reference (doc comments and catalogues) as static pages to results/docs
	Scripts/docs.sh

fuzz: build ## feed damaged input to every command that reads it; SEED=2 makes other damage
	Scripts/robustness/corrupt.py $(or $(SEED),1)

fuzzers: ## feed each reader of other people's files 10 million inputs of libFuzzer's; TIME=60 stops each after so many seconds
	TAUSONITE_FUZZERS=1 swift build -c release -j $(JOBS) --product fuzzers --scratch-path .build-fuzz -Xcc -fsanitize=fuzzer-no-link \
		-Xlinker $$($(TOOLCHAIN)/clang -print-file-name=libclang_rt.fuzzer_no_main-$$(uname -m).a) -Xlinker -lstdc++
	Scripts/robustness/fuzz-readers.py --seconds $(or $(TIME),0)

sanitize: ## build and run the tests under the sanitizers, one after the other: address and undefined behaviour, threads
	@Scripts/setup.sh --tests
	Scripts/robustness/sanitize.sh address
	Scripts/robustness/sanitize.sh thread

coverage: ## run the tests with counters; print what they run of each room, and the functions that they run least
	@Scripts/setup.sh --tests
	swift build --build-tests $(FLAGS) --enable-code-coverage --scratch-path .build-coverage
	Scripts/coverage.py

lint: ## hold the Swift files to .swift-format
	.ci/lint

format: ## format them
	.ci/lint --fix

bench: setup ## run the benchmarks of Benchmarks/
	swift build -c release -j $(JOBS) $(if $(LEVEL),-Xcc -march=$(LEVEL)) --package-path Benchmarks --scratch-path .build-bench
	@for program in .build-bench/release/*-benchmark; do echo "== $$program"; $$program || exit 1; done

clean: ## remove what was built and computed; keeps .venv
	rm -rf .build .build-* results
