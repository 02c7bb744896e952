"""cs_spark: the commands of cs-tools over a Spark DataFrame.

    import cs_spark
    result = cs_spark.waterfall(subscriptions, "--as-of 2024-12-31 --by segment", tables={"accounts": accounts})
    print(result.text)

Customers are cut into shards by crc32 of their id, every shard is read by one process of the command on the executor
that holds its rows (Arrow writes the CSV straight into the process), and the parts are merged on the driver. The result is
byte for byte that of one process over all rows. The command itself checks the cut: a row that came to the wrong shard, a
shard that is missing or twice, ends the merge with the command's own message.

The commands are found in the folder `tools`, else in the one that CS_TOOLS names on the executor, else where
spark-submit --files puts them, else on the PATH. Nothing is written to a disk but the parts, on the driver, for the merge.
"""

import csv
import io
import os
import shlex
import shutil
import subprocess
import tempfile
import threading

import pyarrow
import pyarrow.compute
import pyarrow.csv
from pyspark.sql import functions

__all__ = ["waterfall", "forecast", "Result", "CommandFailed"]


class CommandFailed(RuntimeError):
    """The command refused its input or its options; the text is its own message."""


class Result:
    """A table that a command wrote: `text` as it is, `columns` and `rows` (tuples of strings; None: missing)."""

    def __init__(self, data):
        self.data = data
        self.text = data.decode("utf-8")
        rows = list(csv.reader(io.StringIO(self.text, newline="")))
        self.columns = rows[0]
        self.rows = [tuple(v if v != "" else None for v in row) for row in rows[1:]]

    def dataframe(self, spark):
        """As a DataFrame of strings, since a double would round the money; cast what is wanted."""
        schema = ", ".join("`%s` string" % c.replace("`", "``") for c in self.columns)
        return spark.createDataFrame(self.rows, schema)


def waterfall(df, options="", tables=None, shards=None, tools=None):
    """The bridge of cs-waterfall(1). options: of the command, as text or a list. tables: accounts, identity, fx, each a
    path on the driver, a DataFrame, or bytes of CSV. shards: how many; default: spark.sql.shuffle.partitions. tools: the
    folder of the commands. Errors: CommandFailed, from an executor as the text of a PySparkException."""
    return _merge("cs-waterfall", df, options, tables, shards, tools)


def forecast(df, options="", tables=None, shards=None, tools=None):
    """The forecast of cs-forecast(1); the arguments are those of waterfall(). --months, --every, --backtest are said to
    the merge."""
    return _merge("cs-forecast", df, options, tables, shards, tools)


# ---- one process ---------------------------------------------------------------------------------------------------


def _find(command, tools):
    for folder in (tools, os.environ.get("CS_TOOLS"), os.getcwd(), os.path.dirname(os.path.abspath(__file__))):
        path = os.path.join(folder, command) if folder else None
        if path and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    path = shutil.which(command)
    if not path:
        raise CommandFailed(
            "expected the command %s, found none; give its folder as tools, set CS_TOOLS, or ship it with --files" % command
        )
    return path


class _Process:
    """The command with its side tables as files in memory; its output is read by a thread while it is fed."""

    def __init__(self, command, tools, arguments, tables):
        self.files = []
        words = [_find(command, tools), *arguments]
        for option, data in sorted(tables.items()):
            fd = os.memfd_create(option)
            self.files.append(fd)
            with os.fdopen(os.dup(fd), "wb") as f:
                f.write(data)
            os.lseek(fd, 0, os.SEEK_SET)
            words += ["--" + option, "/dev/fd/%d" % fd]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=self.files
        )
        self.said = {}
        self.readers = [
            threading.Thread(target=self._read, args=(name, getattr(self.process, name))) for name in ("stdout", "stderr")
        ]
        for reader in self.readers:
            reader.start()
        self.writer = None

    def _read(self, name, stream):
        with stream:
            self.said[name] = stream.read()

    def write(self, table):
        try:
            if not self.writer:
                self.writer = pyarrow.csv.CSVWriter(self.process.stdin, table.schema)
            self.writer.write(table)
        except (BrokenPipeError, OSError):
            self.finish()  # says why the command ended

    def finish(self):
        """What it wrote. CommandFailed: it failed."""
        try:
            if self.writer:
                self.writer.close()
            self.process.stdin.close()
        except (BrokenPipeError, OSError):
            pass
        status = self.process.wait()
        for reader in self.readers:
            reader.join()
        for fd in self.files:
            os.close(fd)
        self.files = []
        if status not in (0, 1):
            said = self.said["stderr"].decode("utf-8", "replace").strip()
            raise CommandFailed(said or "%s ended with status %d" % (self.process.args[0], status))
        return self.said["stdout"]

    def kill(self):
        self.process.kill()
        self.process.wait()


# ---- ids as the command sees them ----------------------------------------------------------------------------------


def _bytes_of(table):
    if isinstance(table, bytes):
        return table
    if isinstance(table, (str, os.PathLike)):
        with open(table, "rb") as f:
            return f.read()
    rows = table.select([functions.col("`%s`" % c.replace("`", "``")).cast("string") for c in table.columns]).collect()
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([["" if v is None else v for v in row] for row in rows])
    return out.getvalue().encode("utf-8")


def _records(data):
    return csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))


def _renamed(tables):
    names = {r["old_id"]: r["new_id"] for r in _records(tables["identity"]) if r["kind"] == "account"} if "identity" in tables else {}

    def follow(name):
        for _ in range(len(names)):
            if name not in names:
                break
            name = names[name]
        return name

    return {name: follow(name) for name in names}


def _customers(tables, column):
    """By raw account: whom its rows belong to, where that is not itself. The command checks the cut that this makes."""
    renamed = _renamed(tables)
    if not column:
        return renamed
    lifted = {}
    for row in _records(tables["accounts"]):
        account = renamed.get(row["account_id"], row["account_id"])
        parent = row[column] or account
        lifted[account] = renamed.get(parent, parent)
    return {**lifted, **{raw: lifted.get(name, name) for raw, name in renamed.items()}}


def _option(arguments, name):
    for i, word in enumerate(arguments):
        if word == name and i + 1 < len(arguments):
            return arguments[i + 1]
        if word.startswith(name + "="):
            return word[len(name) + 1 :]
    return None


# ---- shards --------------------------------------------------------------------------------------------------------


def _with_shard(df, customers, shards):
    spark = df.sparkSession
    customer = functions.col("account_id").cast("string")
    if customers:
        names = spark.createDataFrame(sorted(customers.items()), "`_raw` string, `_customer` string")
        df = df.join(functions.broadcast(names), customer == names["_raw"], "left").drop("_raw")
        customer = functions.coalesce(functions.col("_customer"), customer)
    shard = functions.pmod(functions.crc32(customer.cast("binary")), functions.lit(shards)) + 1
    df = df.withColumn("_shard", functions.coalesce(shard, functions.lit(1)).cast("int"))
    return df.drop("_customer").repartition(shards, "_shard")


def _feed(command, tools, arguments, tables, shards):
    """For mapInArrow: a process for each shard that comes along, fed batch by batch."""

    def run(batches):
        processes = {}
        try:
            for batch in batches:
                table = pyarrow.Table.from_batches([batch])
                at = table.schema.get_field_index("_shard")
                numbers, table = table.column(at), table.remove_column(at)
                for number in sorted(set(numbers.to_pylist())):
                    if number not in processes:
                        cut = ["--shard", "%d/%d" % (number, shards)]
                        processes[number] = _Process(command, tools, arguments + cut, tables)
                    processes[number].write(table.filter(pyarrow.compute.equal(numbers, number)))
            for number in sorted(processes):
                part = processes[number].finish()
                yield pyarrow.RecordBatch.from_pydict(
                    {"shard": pyarrow.array([number], pyarrow.int32()), "part": pyarrow.array([part], pyarrow.binary())}
                )
        finally:
            for process in processes.values():
                if process.process.poll() is None:
                    process.kill()

    return run


def _header_alone(df):
    names = [c for c in df.columns]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(names)
    return out.getvalue().encode("utf-8")


def _merge(command, df, options, tables, shards, tools):
    spark = df.sparkSession
    arguments = shlex.split(options) if isinstance(options, str) else [str(word) for word in options]
    tables = {name: _bytes_of(table) for name, table in (tables or {}).items()}
    if not shards:
        shards = int(spark.conf.get("spark.sql.shuffle.partitions"))
    customers = _customers(tables, _option(arguments, "--customer"))
    at_merge = []
    if command == "cs-forecast":
        arguments, at_merge = _split_off(arguments, ("--months", "--every", "--backtest", "--fiscal-year-start"))
    arguments = ["--partial", "-q", *arguments]
    rows = (
        _with_shard(df, customers, shards)
        .mapInArrow(_feed(command, tools, arguments, tables, shards), "shard int, part binary")
        .collect()
    )
    parts = [(row["shard"], bytes(row["part"])) for row in rows]
    for number in set(range(1, shards + 1)) - {number for number, _ in parts}:
        process = _Process(command, tools, [*arguments, "--shard", "%d/%d" % (number, shards)], tables)
        process.process.stdin.write(_header_alone(df))
        parts.append((number, process.finish()))
    with tempfile.TemporaryDirectory(prefix="cs_spark.") as folder:
        names = []
        for i, (number, part) in enumerate(sorted(parts)):
            names.append(os.path.join(folder, "%06d-%d" % (number, i)))
            with open(names[-1], "wb") as f:
                f.write(part)
        return Result(_Process(command, tools, ["--merge", "-q", *at_merge, *names], {}).finish())


def _split_off(arguments, names):
    """Options of the merge apart from those of the parts."""
    rest, taken, i = [], [], 0
    while i < len(arguments):
        word = arguments[i]
        if word.split("=")[0] in names:
            wide = 1 if "=" in word or word == "--backtest" else 2
            taken += arguments[i : i + wide]
            i += wide
        else:
            rest.append(word)
            i += 1
    return rest, taken
