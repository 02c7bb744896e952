#!/bin/sh
# The main job on the sample company: raw exports in, a revenue bridge out. Argument: the folder of the commands.
# What it makes is in build/demo; the last line says what it would be in your own words.
set -eu
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")"
out=../build/demo
mkdir -p "$out"

echo '$ cs-ingest subscriptions --map maps/billing.csv --lookup coupons=exports/stripe_coupons.csv \'
echo '      --rejects rejects.csv --manifest totals.csv exports/stripe_subscriptions.csv'
"$bin/cs-ingest" subscriptions --map maps/billing.csv --lookup coupons=exports/stripe_coupons.csv \
    --rejects "$out/rejects.csv" --manifest "$out/totals.csv" -o "$out/subscriptions.csv" exports/stripe_subscriptions.csv
"$bin/cs-ingest" accounts --map maps/crm.csv -o "$out/accounts.csv" exports/crm_accounts.csv
echo
grep -E '^(rows|money),' "$out/totals.csv" | sed 's/^[a-z]*,,/    /; s/,/: /'
echo
echo '$ cs-waterfall --as-of 2024-12-31 --every quarter --from 2024-01-01 --window 12m --identity exports/identity.csv \'
echo '      --fx exports/fx_rates.csv --report-currency USD --decimals 2 --detail movements.csv --format pretty subscriptions.csv'
"$bin/cs-waterfall" --as-of 2024-12-31 --every quarter --from 2024-01-01 --window 12m --identity exports/identity.csv \
    --fx exports/fx_rates.csv --report-currency USD --decimals 2 --detail "$out/movements.csv" --format pretty \
    "$out/subscriptions.csv"
echo
echo 'Why did a customer move? The movements lead to the rows of the export:'
head -n 1 "$out/movements.csv"
grep ',churn,' "$out/movements.csv" | tail -n 3
echo
BIN="$bin" sh nightly.sh "$out/night" 2024-12-31 >/dev/null 2>"$out/night.log" || { cat "$out/night.log" >&2 && exit 2; }
echo
echo "All of it is in build/demo; samples/README.md tells the rest of the story."
echo "The page of that night: $(cd "$out" && pwd)/night/latest/page.html"
