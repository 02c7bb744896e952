"""The revenue bridge of the sample company, from Parquet, on two cores of this machine.

    bridge.py SUBSCRIPTIONS.csv ACCOUNTS.csv FOLDER

Writes the two tables to FOLDER as Parquet first, as a warehouse would have them, and prints the bridge."""

import os
import sys

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

from pyspark.sql import SparkSession, functions  # noqa: E402

import cs_spark  # noqa: E402


def main(subscriptions, accounts, folder):
    exports = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "exports")
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    spark.sparkContext.addPyFile(cs_spark.__file__)
    rows = spark.read.csv(subscriptions, header=True)
    # money is a decimal, never a double
    rows = rows.withColumn("mrr", functions.col("mrr").cast("decimal(18,6)"))
    for name in ("start_date", "end_date"):
        rows = rows.withColumn(name, functions.col(name).cast("date"))
    rows.write.mode("overwrite").parquet(os.path.join(folder, "subscriptions.parquet"))
    spark.read.csv(accounts, header=True).write.mode("overwrite").parquet(os.path.join(folder, "accounts.parquet"))

    result = cs_spark.waterfall(
        spark.read.parquet(os.path.join(folder, "subscriptions.parquet")),
        "--as-of 2024-12-31 --every quarter --from 2024-01-01 --window 12m --by segment --report-currency USD --decimals 2",
        tables={
            "accounts": spark.read.parquet(os.path.join(folder, "accounts.parquet")),
            "identity": os.path.join(exports, "identity.csv"),
            "fx": os.path.join(exports, "fx_rates.csv"),
        },
    )
    with open(os.path.join(folder, "bridge.csv"), "wb") as f:
        f.write(result.data)
    shown = ["period_end", "segment", "opening", "new", "upsell", "cross_sell", "contraction", "churn", "closing", "nrr"]
    at = [result.columns.index(name) for name in shown]
    for row in [result.columns, *result.rows]:
        print("  ".join("%11s" % (row[i] or "total") for i in at))
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
