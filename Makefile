# dr-preflight: `make help` lists the targets.
CC ?= cc
BUILD ?= build
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
HARDEN := -O1 -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
LINK := -fsanitize=$(SAN)
else
HARDEN := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
LINK := -Wl,-z,relro,-z,now
endif
CFLAGS += -std=c17 -D_POSIX_C_SOURCE=200809L -g -fPIE $(HARDEN) $(WARN) \
	-MMD -MP -I. $(shell pkg-config --cflags $(PKGS) 2>/dev/null) \
	-DDR_VERSION='"$(VERSION)"'
LIBS = $(shell pkg-config --libs $(PKGS)) -lm -pthread

LAYERS := base cel aws inventory engine cli
DATA := $(sort $(shell find rules -type f -name '*.yaml'))
objects = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard $(1))))
LIB_OBJS := $(call objects,$(foreach l,$(LAYERS),checker/$l/*.c) reports/*.c)
LIB_OBJS := $(filter-out %/cli/main.o,$(LIB_OBJS)) $(BUILD)/embedded.o
UNIT_DIRS ?= $(wildcard tests/unit/*)
UNIT_SRCS := $(sort $(foreach d,$(UNIT_DIRS),$(wildcard $d/*.c)))
DRIVERS := $(patsubst tests/conformance/%.c,$(BUILD)/tests/%,$(wildcard tests/conformance/*.c))

.DELETE_ON_ERROR:
.PHONY: all help deps test unit demo lint headers layers format clean install

all: $(BUILD)/dr-preflight ## build build/dr-preflight (the default)

$(BUILD)/dr-preflight: $(BUILD)/checker/cli/main.o $(BUILD)/libdr.a
	$(CC) -pie $(LINK) -o $@ $^ $(LIBS)

# An archive, so that a test links only the layers that it needs.
$(BUILD)/libdr.a: $(LIB_OBJS)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

$(BUILD)/embedded.c: Makefile $(DATA)
	@mkdir -p $(@D)
	@sh checker/base/embed.sh $(DATA) > $@

$(BUILD)/embedded.o: $(BUILD)/embedded.c
	$(CC) $(CFLAGS) -c -o $@ $<

# The table of suites: each test file defines Suite *suite_NAME(void).
$(BUILD)/tests/suites.c: $(UNIT_SRCS) Makefile
	@mkdir -p $(@D)
	@sed -n 's/^Suite \*\(suite_[a-z0-9_]*\)(void)$$/\1/p' $(UNIT_SRCS) | sort | \
	awk 'BEGIN { print "#include <check.h>\n#include \"tests/unit/suites.h\"" } \
	{ print "Suite *" $$1 "(void);"; all = all "    " $$1 ",\n" } \
	END { print "Suite *(*const suites[])(void) = {\n" all "    NULL,\n};" }' > $@

$(BUILD)/tests/unit: $(patsubst %.c,$(BUILD)/%.o,$(UNIT_SRCS) tests/unit/main.c) \
		$(BUILD)/tests/suites.o $(BUILD)/libdr.a
	$(CC) -pie $(LINK) -o $@ $^ $(LIBS) $(shell pkg-config --libs check)

$(BUILD)/tests/suites.o: $(BUILD)/tests/suites.c
	$(CC) $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/conformance/%.o $(BUILD)/libdr.a
	@mkdir -p $(@D)
	$(CC) -pie $(LINK) -o $@ $^ $(LIBS)

unit: $(BUILD)/tests/unit ## run the unit tests (UNIT_DIRS=tests/unit/cel: one layer's)
	$(BUILD)/tests/unit

clean: ## remove everything that was built
	rm -rf build build-*

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
