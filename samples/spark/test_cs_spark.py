"""Tests of cs_spark on a Spark of this machine: what comes out is what one process writes, byte for byte, or the command's own
message. Run by tests/spark/run, which makes CS_TOOLS and SAMPLE (the tables of the sample company)."""

import datetime
import decimal
import os
import signal
import subprocess
import sys
import tempfile
import unittest

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from pyspark.sql import SparkSession  # noqa: E402

import cs_spark  # noqa: E402

SAMPLE = os.environ["SAMPLE"]
EXPORTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "exports")
SCHEMA = "account_id string, product string, mrr decimal(18,2), start_date date, end_date date"


def day(text):
    return datetime.date.fromisoformat(text) if text else None


def row(account, mrr, start, end="", product="core"):
    return (account, product, decimal.Decimal(mrr) if mrr is not None else None, day(start), day(end))


def once_alone(command, options, df, tables=None):
    """One process over the rows as CSV, made without cs_spark."""
    import csv, io

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(df.columns)
    writer.writerows([["" if v is None else str(v) for v in r] for r in df.collect()])
    words = [os.path.join(os.environ["CS_TOOLS"], command), "-q", *options.split()]
    for name, path in sorted((tables or {}).items()):
        words += ["--" + name, path]
    done = subprocess.run(words, input=out.getvalue().encode(), capture_output=True)
    return done.stdout, done.stderr.decode()


class Spark(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spark = (
            SparkSession.builder.master("local[2,4]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .getOrCreate()
        )
        cls.spark.sparkContext.setLogLevel("OFF")
        cls.spark.sparkContext.addPyFile(cs_spark.__file__)
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()
        cls.folder.cleanup()

    def sample(self):
        return self.spark.read.csv(os.path.join(SAMPLE, "subscriptions.csv"), header=True)

    def tables(self):
        return {
            "accounts": os.path.join(SAMPLE, "accounts.csv"),
            "identity": os.path.join(EXPORTS, "identity.csv"),
            "fx": os.path.join(EXPORTS, "fx_rates.csv"),
        }

    def marker(self, name):
        return os.path.join(self.folder.name, name)

    def same(self, df, options, tables=None, command="cs-waterfall", shards=None):
        call = cs_spark.forecast if command == "cs-forecast" else cs_spark.waterfall
        want, said = once_alone(command, options, df, tables)
        self.assertTrue(want, said)
        self.assertEqual(call(df, options, tables=tables, shards=shards).data, want)

    def test_sample_company(self):
        self.same(self.sample(), "--as-of 2024-12-31 --by segment --window 12m --report-currency USD --ci 90", self.tables())

    def test_forecast(self):
        options = "--as-of 2024-12-31 --report-currency USD"
        self.same(self.sample(), options, self.tables(), "cs-forecast")
        want, _ = once_alone("cs-forecast", options + " --every quarter", self.sample(), self.tables())
        self.assertEqual(cs_spark.forecast(self.sample(), options + " --every quarter", tables=self.tables()).data, want)

    def test_parquet_and_table_as_dataframe(self):
        path = self.marker("rows.parquet")
        self.sample().write.mode("overwrite").parquet(path)
        tables = self.tables()
        want, _ = once_alone("cs-waterfall", "--as-of 2024-12-31 --by segment --report-currency USD", self.sample(), tables)
        tables["accounts"] = self.spark.read.csv(tables["accounts"], header=True)
        result = cs_spark.waterfall(
            self.spark.read.parquet(path), ["--as-of", "2024-12-31", "--by", "segment", "--report-currency", "USD"], tables=tables
        )
        self.assertEqual(result.data, want)
        frame = result.dataframe(self.spark)
        self.assertEqual((frame.count(), frame.columns), (len(result.rows), result.columns))

    def test_customers_and_renamings(self):
        # a chain of renamings, a customer that is renamed, accounts without a parent, one that has no row of its own
        rows = [row("a%d" % (i % 7), 10 + i, "2024-01-%02d" % (1 + i), "2024-0%d-01" % (3 + i % 4)) for i in range(28)]
        identity, accounts = self.marker("identity.csv"), self.marker("accounts.csv")
        with open(identity, "w") as f:
            f.write("kind,old_id,new_id\naccount,a1,b1\naccount,b1,c1\naccount,p,q\nplan,a2,a3\n")
        with open(accounts, "w") as f:
            f.write("account_id,parent\na0,p\nb1,p\na2,\na3,a2\na4,q\n")
        df = self.spark.createDataFrame(rows, SCHEMA)
        self.same(df, "--as-of 2024-06-30 --customer parent", {"identity": identity, "accounts": accounts}, shards=5)

    def test_empty_partitions_and_one_account_with_half_of_the_rows(self):
        rows = [row("big", i, "2024-01-01", "2024-03-01") for i in range(1, 500)] + [row("s%d" % i, 5, "2024-02-01") for i in range(9)]
        df = self.spark.createDataFrame(rows, SCHEMA)
        self.same(df, "--as-of 2024-04-30", shards=64)
        self.same(df, "--as-of 2024-04-30", shards=1)

    def test_no_rows_at_all(self):
        self.same(self.spark.createDataFrame([], SCHEMA), "--as-of 2024-04-30 --from 2024-01-01", shards=3)

    def test_names_of_any_kind(self):
        names = ['the "quoted"', "with, comma", "two\nlines", "Ümlaut GmbH", " blank ", "=1+1", "a\\b", "'", "\U0001f600"]
        df = self.spark.createDataFrame([row(n, 100, "2024-01-01", "" if i % 2 else "2024-02-15") for i, n in enumerate(names)], SCHEMA)
        self.same(df, "--as-of 2024-03-31 --by account_id", shards=7)

    def test_a_failing_row_says_what_the_command_says(self):
        rows = [row("a%d" % i, 10, "2024-02-01") for i in range(50)] + [row("bad", 10, "2024-02-01", "2024-01-01")]
        with self.assertRaises(Exception) as caught:
            cs_spark.waterfall(self.spark.createDataFrame(rows, SCHEMA), "--as-of 2024-04-30")
        self.assertIn("end_date: expected", str(caught.exception))

    def test_an_option_that_does_not_exist(self):
        with self.assertRaises(Exception) as caught:
            cs_spark.waterfall(self.spark.createDataFrame([row("a", 10, "2024-02-01")], SCHEMA), "--as-off 2024-04-30")
        self.assertIn("--as-of", str(caught.exception))

    def test_an_account_without_a_name(self):
        with self.assertRaises(Exception) as caught:
            cs_spark.waterfall(self.spark.createDataFrame([row(None, 10, "2024-02-01")], SCHEMA), "--as-of 2024-04-30")
        self.assertIn("account_id: expected an account", str(caught.exception))

    def test_a_wrong_cut_is_refused(self):
        real = cs_spark._customers
        cs_spark._customers = lambda tables, column: {"a%d" % i: "other" for i in range(40)}
        try:
            with self.assertRaises(cs_spark.CommandFailed) as caught:
                cs_spark.waterfall(self.spark.createDataFrame([row("a%d" % i, 9, "2024-01-01") for i in range(40)], SCHEMA), "--as-of 2024-04-30")
        finally:
            cs_spark._customers = real
        self.assertIn("left rows to other shards", str(caught.exception))

    def test_an_executor_that_dies_in_the_middle(self):
        marker = self.marker("died")

        def die_once(batches):
            for i, batch in enumerate(batches):
                yield batch
                if not os.path.exists(marker):
                    open(marker, "w").close()
                    os.kill(os.getpid(), signal.SIGKILL)

        rows = [row("a%d" % (i % 50), 10 + i, "2024-01-01", "2024-03-01") for i in range(400)]
        df = self.spark.createDataFrame(rows, SCHEMA)
        want, _ = once_alone("cs-waterfall", "--as-of 2024-04-30", df)
        self.assertEqual(cs_spark.waterfall(df.mapInArrow(die_once, df.schema), "--as-of 2024-04-30").data, want)
        self.assertTrue(os.path.exists(marker))

    def test_a_command_that_is_killed(self):
        tools, marker, real = self.marker("tools"), self.marker("killed"), os.environ["CS_TOOLS"]
        os.makedirs(tools, exist_ok=True)
        command = os.path.join(tools, "cs-waterfall")
        with open(command, "w") as f:
            f.write('#!/bin/sh\nif ( set -C; : >%s ) 2>/dev/null; then head -c 20 >/dev/null; kill -9 $$; fi\n' % marker)
            f.write('exec %s/cs-waterfall "$@"\n' % real)
        os.chmod(command, 0o755)
        rows = [row("a%d" % (i % 50), 10 + i, "2024-01-01", "2024-03-01") for i in range(400)]
        df = self.spark.createDataFrame(rows, SCHEMA)
        want, _ = once_alone("cs-waterfall", "--as-of 2024-04-30", df)
        result = cs_spark.waterfall(df, "--as-of 2024-04-30", tools=tools)
        self.assertEqual(result.data, want)
        self.assertTrue(os.path.exists(marker))


if __name__ == "__main__":
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(Spark)
    ran = unittest.TextTestRunner(verbosity=0, warnings="ignore").run(tests)
    bad = len(ran.failures) + len(ran.errors)
    print("%d passed, %d failed, %d skipped" % (ran.testsRun - bad - len(ran.skipped), bad, len(ran.skipped)))
    sys.exit(bad > 0)
