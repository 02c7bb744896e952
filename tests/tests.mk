# The tests. A C test is tests/ROOM/test_*.c, a program of its own over cmocka and the static library (with its
# private headers); a script test is tests/ROOM/run. tests/suite.sh runs them all against the build in $(B) and adds up.
TEST_SRC := $(sort $(wildcard tests/*/test_*.c))
TEST_BIN := $(TEST_SRC:%.c=$(B)/%)
# further programs the scripts use: the fault shim, generators, slow reference implementations
TOOL_SRC := $(sort $(wildcard tests/*/tool_*.c))
TOOL_BIN := $(TOOL_SRC:%.c=$(B)/%)
SHIM := $(if $(wildcard tests/faults/shim.c),$(B)/tests/faults/shim.so)
SUITES ?= lint unit golden reference properties faults fuzz bench

$(B)/tests/%: $(B)/tests/%.o $(B)/libcstools.a
	@mkdir -p $(@D)
	@$(CC) $(VARIANT) -o $@ $< $(B)/libcstools.a $(LDFLAGS) -lcmocka $(LIBS)

$(B)/tests/faults/shim.so: tests/faults/shim.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS_ALL) -std=c17 $(WARN) -O2 -fPIC -shared -o $@ $< -ldl -pthread

test-programs: all $(TEST_BIN) $(TOOL_BIN) $(SHIM)
# what tests/suite.sh runs of a tsan build
thread-programs: all $(foreach t,$(TEST_BIN),$(if $(findstring thread,$(notdir $t)),$t)) $(TOOL_BIN)

check: deps-check
	@$(MAKE) --no-print-directory -j$(JOBS) test-programs
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/asan VARIANT="$(ASAN)" CFLAGS="-O1 -g" test-programs
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/tsan VARIANT="$(TSAN)" CFLAGS="-O1 -g" thread-programs
	@sh tests/suite.sh plain:$(B) asan:build/asan tsan:build/tsan

# charts and pages in headless Chromium, which deps-browser installs; skipped, visibly, where there is none
deps-browser:
	@sh lib/deps.sh "$(CC)" tool:chromium:chromium
check-browser: all
	@SUITES=browser sh tests/suite.sh plain:$(B)
# the README's picture, of the page that make demo makes
picture: demo
	@sh samples/picture.sh build/demo/night/latest/page.html
# the workbook in headless LibreOffice, which deps-office installs; skipped, visibly, where there is none
deps-office:
	@sh lib/deps.sh "$(CC)" tool:soffice:libreoffice-calc tool:python3:python3
check-office: all
	@SUITES=office sh tests/suite.sh plain:$(B)
# cs_spark on a Spark of this machine, which deps-spark installs; skipped, visibly, where there is no Java or no pyspark
deps-spark:
	@sh lib/deps.sh "$(CC)" tool:java:default-jre-headless python:ensurepip:python3-venv
	@sh samples/spark/setup.sh build/spark
check-spark: all
	@SUITES=spark sh tests/suite.sh plain:$(B)
spark: all deps-spark
	@sh samples/demo.sh $(B)/bin >/dev/null 2>&1
	@mkdir -p build/spark/sample
	@CS_TOOLS=$$(cd $(B)/bin && pwd) SPARK_LOCAL_IP=127.0.0.1 build/spark/bin/python samples/spark/bridge.py \
	    build/demo/subscriptions.csv build/demo/accounts.csv build/spark/sample 2>build/spark/log || { cat build/spark/log; exit 1; }
	@echo "Parquet and bridge.csv are in build/spark/sample."
.PHONY: picture deps-browser check-browser deps-office check-office deps-spark check-spark spark

# one variant alone, for work in between: make quick SUITES="unit golden"
quick: test-programs
	@SUITES="$(SUITES)" sh tests/suite.sh plain:$(B)

ASAN = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TSAN = -fsanitize=thread
sanitize: deps-check
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/asan VARIANT="$(ASAN)" CFLAGS="-O1 -g" test-programs
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/tsan VARIANT="$(TSAN)" CFLAGS="-O1 -g" thread-programs
	@sh tests/suite.sh asan:build/asan tsan:build/tsan

FORMAT_SRC = $(sort $(wildcard lib/*/*.[ch] cmd/*.[ch] include/cstools/*.h tests/*/*.[ch] samples/*.c samples/*/*.[ch]))
format:
	clang-format -i $(FORMAT_SRC)
format-check:
	@clang-format --dry-run -Werror $(FORMAT_SRC)

# PEERS=install fetches DuckDB and polars into BENCH_DIR first; see the top of tests/bench/compare
bench: all $(TOOL_BIN)
	@BUILD=$(B) sh tests/bench/compare
.PHONY: bench test-programs thread-programs quick

# Fuzz targets: tests/fuzz/fuzz_NAME.c with the driver of our own, or (make fuzz) with clang's libFuzzer.
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(FUZZ_SRC:%.c=$(B)/%)
FUZZ_DRIVER ?= $(B)/tests/fuzz/driver.o
test-programs: $(FUZZ_BIN)
$(FUZZ_BIN): $(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(FUZZ_DRIVER) $(B)/libcstools.a
	@$(CC) $(VARIANT) $(FUZZ_LINK) -o $@ $< $(FUZZ_DRIVER) $(B)/libcstools.a $(LDFLAGS) -lcmocka $(LIBS)

# FUZZ_RUNS inputs per target, or FUZZ="reader expr" alone; what was run is written to tests/fuzz/results/
fuzz: deps-check
	@command -v clang >/dev/null || { echo 'make fuzz: expected clang with libFuzzer, found none: apt-get install clang' >&2; exit 2; }
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/fuzz CC=clang CFLAGS="-O1 -g" FUZZ_DRIVER= \
	    VARIANT="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -Wno-unknown-warning-option" \
	    FUZZ_LINK=-fsanitize=fuzzer fuzz-programs
	@sh tests/fuzz/long build/fuzz
fuzz-programs: $(FUZZ_BIN)
.PHONY: fuzz fuzz-programs
