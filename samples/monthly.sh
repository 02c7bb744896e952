#!/bin/sh
# The close of one month: ingest, the bridge with every movement, what differs from the ledger, what was restated since the
# close of the month before, renewals, the workbook for finance, and the page.
#
#   sh samples/monthly.sh FOLDER MONTH
#
# MONTH is YYYY-MM. All of it goes to FOLDER/MONTH, which appears only when everything worked; the month before is looked for in
# FOLDER. The commands come from the folder in $BIN, else from PATH; exports, maps and the ledger stand beside this script, or in
# $EXPORTS, $MAPS and $LEDGER (with its map in $LEDGER_MAP). The last lines say what finance has to look at.
set -eu
export LC_ALL=C
[ $# -eq 2 ] || { echo "usage: monthly.sh FOLDER YYYY-MM" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
[ -z "${BIN:-}" ] || PATH=$(cd "$BIN" && pwd):$PATH
exports=$(cd "${EXPORTS:-$here/exports}" && pwd)
maps=$(cd "${MAPS:-$here/maps}" && pwd)
ledger=${LEDGER:-$here/close/ledger.csv} ledger_map=${LEDGER_MAP:-$here/close/ledger_map.csv}
ledger=$(cd "$(dirname "$ledger")" && pwd)/${ledger##*/} ledger_map=$(cd "$(dirname "$ledger_map")" && pwd)/${ledger_map##*/}
month=$2
as_of=$(date -u -d "$month-01 +1 month -1 day" +%F)
closed=$(date -u -d "$month-01 -1 day" +%F) # the last day of the month before
before=${closed%-*}
mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ ! -e "$folder/$month" ] || { echo "monthly.sh: $folder/$month is there already; move it away to close the month again" >&2; exit 2; }
work=$(mktemp -d "$folder/.close.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
chmod 755 "$work"
cd "$work"

cs-ingest subscriptions --quiet --strict --map "$maps/billing.csv" --lookup coupons="$exports/stripe_coupons.csv" --rejects rejects.csv \
    --max-rejects 1% --manifest ingest.manifest.csv -o subscriptions.csv "$exports/stripe_subscriptions.csv"
cs-ingest accounts --quiet --strict --map "$maps/crm.csv" -o accounts.csv "$exports/crm_accounts.csv"

# one set of definitions for everything below
close() {
    "$@" --strict --as-of "$as_of" --identity "$exports/identity.csv" --fx "$exports/fx_rates.csv" --report-currency USD subscriptions.csv
}
close cs-waterfall --quiet --from "${month%-*}-01-01" --window 12m --by segment --accounts accounts.csv --detail movements.csv \
    --manifest-in ingest.manifest.csv --manifest bridge.manifest.csv -o bridge.csv
close cs-waterfall --quiet --from "${month%-*}-01-01" --renewals --min-term 2m -o renewals.csv
close cs-waterfall --quiet --from "$as_of" --top 1000000 -o movers.csv
status=0
close cs-waterfall --quiet --from "${month%-*}-01-01" --tie-out "$ledger" --tie-out-map "$ledger_map" --tolerance 0.01 -o tie_out.csv ||
    status=$?
[ $status -le 1 ] # 1: there are differences, which are in tie_out.csv
if [ -e "$folder/$before/movements.csv" ]; then
    close cs-waterfall --quiet --from "${before%-*}-01-01" --to "$closed" --by segment --accounts accounts.csv \
        --restate "$folder/$before/movements.csv" -o restated.csv
fi
cs-metrics --quiet --strict --spec commercial --subscriptions subscriptions.csv --accounts accounts.csv --allow-current \
    --identity "$exports/identity.csv" --fx "$exports/fx_rates.csv" --report-currency USD --from "${month%-*}-01-01" --as-of "$as_of" \
    -o metrics.csv
cs-report workbook --quiet --bridge bridge.csv --detail movements.csv --metrics metrics.csv --renewals renewals.csv --tie-out tie_out.csv \
    --manifest-in bridge.manifest.csv -o "close-$month.xlsx"
before_it=
[ ! -e "$folder/$before/bridge.csv" ] || before_it=$folder/$before # what it said of months that are others now
cs-report page --quiet --company Brightwater ${before_it:+--previous "$before_it"} --bridge bridge.csv \
    --movers movers.csv --renewals renewals.csv --metrics metrics.csv --accounts accounts.csv --tie-out tie_out.csv \
    --manifest-in ingest.manifest.csv -o page.html

mv -T "$work" "$folder/$month"
cd "$folder/$month"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["row"] == "total" && $at["complete"] == "yes" { opening = $at["opening"]; closing = $at["closing"]; nrr = $at["nrr"] }
    END { printf "MRR %.2f at the opening, %.2f at the closing; NRR of the year %.1f %%\n", opening, closing, nrr * 100 }' bridge.csv
echo "differences from the ledger: $(($(wc -l <tie_out.csv) - 1))"
[ ! -e restated.csv ] || echo "restated since the close of $before: $(($(wc -l <restated.csv) - 1)) accounts and periods"
echo "$folder/$month/close-$month.xlsx"
