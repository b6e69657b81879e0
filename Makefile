# dr-preflight: `make help` lists the targets.
CC ?= cc
BUILD ?= build
PREFIX ?= /usr/local
DR_SHARED ?= ../shared
VERSION := 0.1.0
PKGS := libcurl openssl jansson yaml-0.1 expat libpcre2-8
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual \
	-Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wwrite-strings \
	-Wformat=2 -Wnull-dereference -Wdouble-promotion
ifdef CI
WARN += -Werror
endif
# make SAN=address,undefined BUILD=build-asan …
ifdef SAN
HARDEN := -O1 -fsanitize=$(SAN) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
LINK := -fsanitize=$(SAN)
else
HARDEN := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
LINK := -Wl,-z,relro,-z,now
endif
# The libraries may be missing when this is read: `make deps` installs them,
# and whoever calls it reads this file anew.
pkg_config = $(shell pkg-config $(1) 2>/dev/null)
FLAGS := -std=c17 -D_POSIX_C_SOURCE=200809L -g -fPIE $(HARDEN) $(WARN) \
	-MMD -MP -I. $(call pkg_config,--cflags $(PKGS)) \
	-DDR_VERSION='"$(VERSION)"' $(CFLAGS)
LIBS := $(call pkg_config,--libs $(PKGS)) -lm -pthread
AGAIN := $(MAKE) --no-print-directory

LAYERS := base cel aws inventory engine cli
DATA := $(shell find rules -type f -name '*.yaml' | LC_ALL=C sort)
HEADERS := $(wildcard checker/*/*.h reports/*.h)
SOURCES := $(HEADERS) $(wildcard checker/*/*.c reports/*.c \
	tests/unit/*.[ch] tests/unit/*/*.[ch] tests/conformance/*.[ch] \
	tests/fuzz/*.[ch] tests/fuzz/heap/*.c)
objects = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard $(1))))
LIB_OBJS := $(call objects,$(foreach l,$(LAYERS),checker/$l/*.c) reports/*.c)
LIB_OBJS := $(filter-out %/cli/main.o,$(LIB_OBJS)) $(BUILD)/embedded.o
UNIT_DIRS ?= $(wildcard tests/unit/*) tests/fuzz
UNIT_SRCS := $(sort $(foreach d,$(UNIT_DIRS),$(wildcard $d/*.c)))
UNIT_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(UNIT_SRCS) tests/unit/runner.c)

# Python tools of the project's own, for the tests; made once.
VENV ?= build/venv
PYTHON := $(VENV)/bin/python
LIVE = DR_PREFLIGHT=$(BUILD)/dr-preflight $(PYTHON) tests/live

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps demo test unit live conformance sigv4 cel unknown load \
	asan bench lint headers layers format install clean help FORCE

all: $(BUILD)/dr-preflight ## build build/dr-preflight (the default)

$(BUILD)/dr-preflight: $(BUILD)/checker/cli/main.o $(BUILD)/libdr.a
	@echo "  LD $@"
	@$(CC) -pie $(LINK) $(LDFLAGS) -o $@ $^ $(LIBS)

# An archive, so that a test links only the layers that it needs.
$(BUILD)/libdr.a: $(LIB_OBJS)
	@rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(FLAGS) -c -o $@ $<

$(BUILD)/embedded.o $(BUILD)/tests/suites.o: %.o: %.c
	@echo "  CC $@"
	@$(CC) $(FLAGS) -c -o $@ $<

# Files that are made anew each time, and replaced only where they differ.
replace = if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/embedded.c: FORCE
	@mkdir -p $(@D)
	@sh checker/base/embed.sh $(DATA) > $@.new
	@$(replace)

$(BUILD)/embedded.o: $(DATA)

# The table of suites: each test file defines Suite *suite_NAME(void).
$(BUILD)/tests/suites.c: FORCE
	@mkdir -p $(@D)
	@sed -n 's/^Suite \*\(suite_[a-z0-9_]*\)(void)$$/\1/p' $(UNIT_SRCS) \
	/dev/null | LC_ALL=C sort | awk ' \
	BEGIN { print "#include <check.h>\n#include \"tests/unit/suites.h\"" } \
	{ print "Suite *" $$1 "(void);"; all = all "    " $$1 ",\n" } \
	END { print "Suite *(*const suites[])(void) = {\n" all "    NULL,\n};" }' \
	> $@.new
	@$(replace)

$(BUILD)/tests/unit_tests: $(UNIT_OBJS) $(BUILD)/tests/suites.o \
		$(BUILD)/libdr.a
	@echo "  LD $@"
	@$(CC) -pie $(LINK) -o $@ $^ $(LIBS) $(call pkg_config,--libs check)

$(BUILD)/tests/%: $(BUILD)/tests/conformance/%.o $(BUILD)/libdr.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) -pie $(LINK) -o $@ $^ $(LIBS)

$(VENV)/made: tests/requirements.txt tests/scenario/requirements.txt
	rm -rf $(VENV)
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

deps: ## install what is missing from Debian's packages
	@sh scripts/deps.sh

demo: deps ## check the example account on a loopback endpoint
	@$(AGAIN) all $(VENV)/made
	@$(LIVE)/demo.py

test: deps ## run all tests (the unit tests come last)
	@$(AGAIN) conformance
	@$(AGAIN) live
	@$(AGAIN) unit

unit: $(BUILD)/tests/unit_tests ## run the unit tests (UNIT_DIRS=tests/unit/cel)
	@$(BUILD)/tests/unit_tests

live: all $(VENV)/made ## run the tests on a loopback endpoint (ONLY=calls)
	@$(LIVE)/run.py $(ONLY)

VECTORS := $(DR_SHARED)/vectors
has_driver = $(if $(wildcard tests/conformance/$(1).c),$(2))
CONFORMANCE := $(call has_driver,sigv4_suite,sigv4) \
	$(call has_driver,cel_conformance,cel) \
	$(call has_driver,unknown_vectors,unknown) \
	$(call has_driver,load_cases,load)

conformance: ## run the public vectors below $DR_SHARED (../shared)
ifneq ($(wildcard $(VECTORS)),)
conformance: $(CONFORMANCE)
else
	@echo "conformance tests skipped: there is no folder $(VECTORS)"
endif

sigv4: $(BUILD)/tests/sigv4_suite ## … of Signature Version 4
	$< $(VECTORS)/sigv4

cel: $(BUILD)/tests/cel_conformance ## … of CEL
	$< $(VECTORS)/cel/conformance.json

unknown: $(BUILD)/tests/unknown_vectors ## … of rules on unknown data
	$< $(VECTORS)/unknown/vectors.json

load: $(BUILD)/tests/load_cases ## … of rule files that must load, or must not
	$< $(VECTORS)/load/cases.json

asan: export ASAN_OPTIONS := detect_leaks=1:$(ASAN_OPTIONS)
asan: ## build with the sanitizers in build-asan, and run all tests
	@$(AGAIN) SAN=address,undefined BUILD=build-asan conformance
	@$(AGAIN) SAN=address,undefined BUILD=build-asan live
	@$(AGAIN) SAN=address,undefined BUILD=build-asan unit

bench: all $(VENV)/made ## measure time and memory; asserts nothing
	DR_PREFLIGHT=$(BUILD)/dr-preflight $(PYTHON) tests/bench/bench.py

lint: layers $(VENV)/made ## look for what style forbids, and at the layout
	@python3 scripts/lint.py
	@$(VENV)/bin/clang-format --dry-run --Werror $(SOURCES)

headers: ## compile each header alone
	@for h in $(HEADERS); do \
		printf '#include "%s"\n' $$h | \
		$(CC) $(filter-out -MMD -MP,$(FLAGS)) -fsyntax-only -x c - || \
		{ echo "$$h does not compile alone"; exit 1; }; done
	@echo "$(words $(HEADERS)) headers compile alone"

layers: ## look for includes of a higher layer
	@python3 scripts/layers.py

format: $(VENV)/made ## lay the C code out
	$(VENV)/bin/clang-format -i $(SOURCES)

install: all ## install below PREFIX (/usr/local), with DESTDIR before it
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/dr-preflight
	install -m 755 $(BUILD)/dr-preflight $(DESTDIR)$(PREFIX)/bin/
	install -m 644 reports/report.schema.json \
		$(DESTDIR)$(PREFIX)/share/dr-preflight/

clean: ## remove everything that was built
	rm -rf build build-*

help: ## list the targets
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
