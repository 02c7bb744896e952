# Count and one column's sum by polars: only the column that is needed, its type given, streaming.
import sys
import polars

f = polars.scan_csv(sys.argv[1], schema_overrides={"value": polars.Float64})
n, value = f.select(polars.len().alias("n"), polars.col("value").sum()).collect(engine="streaming").row(0)
print(f"rows,value\n{n},{value:.2f}")
