# cs-tools: builds the library and its commands from what stands in lib/ and cmd/; a new .c file needs no line here.
#
#   make            the commands in build/bin, libcstools.a and libcstools.so in build/
#   make demo       installs what is missing, builds, runs ingest and waterfall on samples/
#   make check      installs what is missing, builds, runs every test
#   make sanitize   every test once more under the address, undefined-behaviour and thread sanitizers
#   make bench      speed against named peers; see tests/bench/
#   make install    DESTDIR= PREFIX=/usr/local
#   make deb        a Debian package in build/
#   make html       the manual pages as linked HTML in build/html
VERSION = 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
B ?= build
CC = gcc
AR = gcc-ar

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
CFLAGS ?= -O2 -g
# what a compiler and a linker can do against bytes that were made to do harm; not under sanitizers, which do more
FORTIFY := $(if $(shell echo | $(CC) -O2 -D_FORTIFY_SOURCE=3 -include features.h -dM -E - 2>/dev/null | \
    grep '__USE_FORTIFY_LEVEL 3'),3,2)
HARDEN = $(if $(VARIANT),,-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY))
HARDEN_LD = -Wl,-z,relro,-z,now,-z,noexecstack
CPPFLAGS_ALL = -D_GNU_SOURCE -DCST_VERSION='"$(VERSION)"' -Iinclude -Ilib $(CPPFLAGS)
CFLAGS_ALL = -std=c17 $(WARN) $(HARDEN) -ffp-contract=off -fPIC -fvisibility=hidden $(CFLAGS) $(VARIANT)
JOBS := $(shell nproc)
XLSX = -lxlsxwriter
LIBS = -lcsv -lgsl -lgslcblas -lz -lnettle -pthread -lm

LIB_SRC := $(sort $(wildcard lib/*/*.c))
BUILTIN := $(sort $(wildcard lib/*/builtin/*.csv))
CMD_SRC := $(sort $(wildcard cmd/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(B)/gen/builtin.o
BIN := $(CMD_SRC:cmd/%.c=$(B)/bin/%)
MAN := $(sort $(wildcard man/*.[157]))

.PHONY: all demo check sanitize bench install uninstall html clean deps deps-check format format-check FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BIN) $(B)/libcstools.a $(B)/libcstools.so $(B)/cstools.pc

include lib/deps.mk
include lib/builtin.mk
include lib/install.mk
include tests/tests.mk

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "CC $<"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(B)/gen/%.c
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

$(B)/libcstools.a: $(LIB_OBJ)
	@rm -f $@
	@echo "AR $@"
	@$(AR) rcs $@ $^

# cs-report alone links the library of workbooks, so its room is not in the shared library
SO_OBJ := $(filter-out $(B)/lib/report/%,$(LIB_OBJ))
$(B)/bin/cs-report: LIBS := $(XLSX) $(LIBS)

$(B)/libcstools.so: $(SO_OBJ)
	@echo "LD $@"
	@$(CC) $(VARIANT) -shared -Wl,-soname,libcstools.so.0 -Wl,--no-undefined $(HARDEN_LD) -o $@ $^ $(LDFLAGS) $(LIBS)

$(B)/bin/%: $(B)/cmd/%.o $(B)/libcstools.a
	@mkdir -p $(@D)
	@echo "LD $@"
	@$(CC) $(VARIANT) -pie $(HARDEN_LD) -o $@ $< $(B)/libcstools.a $(LDFLAGS) $(LIBS)

# made anew every time, because PREFIX may have changed
$(B)/cstools.pc: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' 'includedir=$${prefix}/include' '' \
	    'Name: cstools' 'Description: Customer-success and recurring-revenue analytics' 'Version: $(VERSION)' \
	    'Requires.private: gsl zlib nettle' 'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -lcstools' \
	    'Libs.private: -lcsv -pthread -lm' > $@

demo: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@sh samples/demo.sh $(B)/bin

html:
	@sh lib/deps.sh "$(CC)" tool:mandoc:mandoc
	@sh lib/html.sh $(B)/html $(MAN)
	@echo "$(B)/html/index.html"

clean:
	rm -rf build

-include $(wildcard $(B)/lib/*/*.d $(B)/cmd/*.d $(B)/tests/*/*.d)
