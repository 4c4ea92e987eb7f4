# SPDX-License-Identifier: GPL-2.0-only

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
PREFIX ?= /usr/local
# folder that receives the tool; O would be taken for the kernel's
TOOL_DIR ?= tools

CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
TOOL_LIBS := libnl-3.0 libnl-genl-3.0 json-c
TOOL_FLAGS = -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Iinclude/uapi $(shell $(PKG_CONFIG) --cflags $(TOOL_LIBS))
TOOL_SOURCES := $(wildcard tools/*.c)

all: module tool ## the module for KDIR (the running kernel) and the tool

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

module: ## only the module, srcguard.ko
	@test -e $(KDIR)/Makefile || { \
		echo "No kernel headers in $(KDIR)."; \
		echo "Install them (apt-get install linux-headers-$(KVER)) or name others: make KDIR=..."; \
		exit 2; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tool: $(TOOL_DIR)/srcguard ## only the tool, tools/srcguard

$(TOOL_DIR)/srcguard: $(TOOL_SOURCES) $(wildcard tools/*.h include/uapi/linux/*.h)
	@$(PKG_CONFIG) --exists $(TOOL_LIBS) || { \
		echo "The tool needs libnl and json-c:"; \
		echo "  apt-get install pkgconf gcc libc6-dev libnl-3-dev libnl-genl-3-dev libjson-c-dev"; \
		exit 2; }
	@mkdir -p $(TOOL_DIR)
	$(CC) $(TOOL_FLAGS) $(CPPFLAGS) $(CFLAGS) $(EXTRA_CFLAGS) -o $@ $(TOOL_SOURCES) \
		$(LDFLAGS) $(shell $(PKG_CONFIG) --libs $(TOOL_LIBS))

install: ## what all made, below DESTDIR and PREFIX (/usr/local)
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) \
		$(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=) \
		INSTALL_MOD_DIR=updates modules_install
	$(if $(DESTDIR),,depmod -a $(RELEASE))
	install -D -m 755 $(TOOL_DIR)/srcguard $(DESTDIR)$(PREFIX)/sbin/srcguard
	install -D -m 644 tools/srcguard.8 $(DESTDIR)$(PREFIX)/share/man/man8/srcguard.8
	install -D -m 644 tools/srcguard.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/srcguard

uninstall: ## undo install
	rm -f $(DESTDIR)/lib/modules/$(RELEASE)/updates/srcguard.ko*
	$(if $(DESTDIR),,depmod -a $(RELEASE))
	rm -f $(DESTDIR)$(PREFIX)/sbin/srcguard $(DESTDIR)$(PREFIX)/share/man/man8/srcguard.8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/srcguard

clean: ## remove what was built
	rm -rf build tools/srcguard Module.symvers modules.order
	find . -name .git -prune -o \( -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '*.o' -o -name '.*.cmd' \) -type f -exec rm -f {} +

demo: ## a host and an attacker in an emulated 6.12: a minute to watch
	scripts/demo.sh

test: ## all tests, in emulated kernels, as CI runs them
	tests/run short

test-long: ## the same with larger counts; goes on where it stopped
	tests/run long

test-fresh: ## demo and test in a minimal Debian that has only git and make
	scripts/test-fresh.sh

test-debug: ## tests in an emulated kernel that looks for mistakes of ours
	tests/run debug

debug-kernel: ## compile that kernel, if it is not there yet (12 minutes and more)
	tests/vm/debug-kernel

kunit: ## tests of src/core inside that kernel
	tests/vm/kunit

unit: ## tests of src/core in user space, with sanitizers
	$(MAKE) -C tests/unit

vm: ## only the tests in emulated kernels
	tests/run vm

check: ## style of the sources
	scripts/check

mutants: ## break the product on purpose; a test must notice each time
	tests/mutate

.PHONY: all help module tool install uninstall clean demo test test-long test-fresh unit vm \
	check mutants debug-kernel test-debug kunit
