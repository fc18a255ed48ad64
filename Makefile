# Slipway's targets; `make help` lists them. Everything that is made lives in .build/ and .cache/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SWIFT := swift
SLIPWAY := .build/release/slipway
# One configuration for tests and for what ships: the same objects, built once.
BUILD := $(SWIFT) build -c release --build-tests
TEST := $(SWIFT) test -c release --disable-testable-imports --skip-build

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: setup
setup: ## install what Scripts/packages.txt lists and is missing (as root), unpack the kernels
	@Scripts/setup
	@Scripts/kernel cloud generic

.PHONY: build
build: ## the stripped release binary, .build/release/slipway, and the tests
	@Scripts/setup
	@echo "==> build: the first takes about five minutes on two cores"
	@Scripts/quietly .cache/build.log $(BUILD)

.PHONY: run
run: build ## boot a node in QEMU on a simulated EC2 and show its bring-up; KEEP=1 leaves it up until Ctrl-C
	@Scripts/kernel cloud
	@echo "==> image: .cache/node.img"
	@$(SLIPWAY) image build --output .cache/node.img --level 6 \
	    --module-tree .cache/kernels/cloud/lib/modules/* --modules "$$($(SLIPWAY) vm modules --kernel cloud)"
	@$(SLIPWAY) vm run --platform aws --image .cache/node.img --disk virtio:64M --disk nvme:64M:4096 \
	    $(if $(KEEP),--keep)

.PHONY: test
test: build ## every test, virtual machines included, and the counts
	@Scripts/kernel cloud generic
	@Scripts/test $(TEST)

.PHONY: test-long
test-long: build ## the whole sweeps that `make test` samples; for Documentation/LongTests.md
	@Scripts/kernel cloud generic
	@SLIPWAY_LONG=1 FUZZ_SECONDS=600 Scripts/test $(TEST)

.PHONY: fuzz
fuzz: ## every fuzz target, ten minutes in all
	@Scripts/setup
	@Scripts/fuzz 600

.PHONY: bench-netlink
bench-netlink: build ## netlink against C and peers (as root, two minutes), into Documentation/Performance.md
	@Scripts/bench-netlink

.PHONY: bench-platform
bench-platform: build ## detection and metadata against cloud-init (as root, a minute), into Documentation/Performance.md
	@Scripts/bench-platform

.PHONY: bench-disk
bench-disk: build ## disks against blkid, sgdisk, sfdisk and dd (as root, two minutes), into Documentation/Performance.md
	@Scripts/kernel cloud generic
	@Scripts/bench-disk

.PHONY: conformance
conformance: build ## others' messages with what they mean: ../shared/conformance or where SLIPWAY_CONFORMANCE points
	@$(TEST) --filter ConformanceTests

.PHONY: lint
lint: ## swift format, strict
	@$(SWIFT) format lint --strict --parallel --recursive Package.swift Modules Platforms Sources Tests Benchmarks
	@echo "==> lint: clean"

.PHONY: sizes
sizes: build ## the binary's and the initramfs' sizes against their budgets, and that no ICU is linked
	@Scripts/sizes $(SLIPWAY)

.PHONY: link-fixtures
link-fixtures: build ## record the links of every kind in a virtual machine again, into Tests/Fixtures/links/
	@Scripts/kernel generic
	@Scripts/link-fixtures

.PHONY: recording-fixtures
recording-fixtures: build ## record a node with network cards and WireGuard in a virtual machine again, into Tests/Fixtures/recordings/
	@Scripts/kernel generic
	@Scripts/recording-fixtures

.PHONY: clean
clean: ## remove .build/ and .cache/
	rm -rf .build .cache
