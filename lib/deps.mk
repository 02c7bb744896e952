# make deps: finds out by compiling and linking a few lines, not by asking a package manager, and installs only what is
# missing. deps-check adds what the tests need.
DEPS_PROBES = 'tool:$(firstword $(CC)):gcc libc6-dev' 'csv.h:-lcsv:libcsv-dev' \
    'gsl/gsl_cdf.h:-lgsl -lgslcblas -lm:libgsl-dev' 'zlib.h:-lz:zlib1g-dev' 'nettle/sha2.h:-lnettle:nettle-dev' \
    'xlsxwriter.h:-lxlsxwriter:libxlsxwriter-dev'
DEPS_CHECK_PROBES = 'stdarg.h stddef.h stdint.h setjmp.h cmocka.h:-lcmocka:libcmocka-dev'
DEPS_CHECK_TOOLS = clang-format:clang-format sqlite3:sqlite3 mandoc:mandoc

deps:
	@sh lib/deps.sh "$(CC)" $(DEPS_PROBES)

deps-check:
	@sh lib/deps.sh "$(CC)" $(DEPS_PROBES) $(DEPS_CHECK_PROBES) $(DEPS_CHECK_TOOLS:%=tool:%)
