#!/bin/sh
# One night: ingest, measure, score, raise flags, bridge and cohorts, into a folder of that date; FOLDER/latest is switched to
# it only when all of it worked. For cron:
#
#   0 3 * * * BIN=/usr/local/bin EXPORTS=/srv/exports MAPS=/opt/cs-tools/maps sh /opt/cs-tools/nightly.sh /var/lib/cs-tools >/dev/null
#
#   sh samples/nightly.sh FOLDER [DATE]
#
# DATE is the day the exports are good for (default: yesterday, UTC). The commands come from the folder in $BIN, else from
# PATH; the raw exports and their maps stand beside this script, or in $EXPORTS and $MAPS.
#
# Nothing of a night that fails is to be seen: it is made in a folder of its own, which is removed. The state of the flags is
# in the dated folder too, so it goes with the night. Run twice for one date, the second run gives the same files and nothing
# changes; with corrected exports it gives DATE.2, and latest is that. A missed night is made up for by the next one.
#
# Every command runs with --strict: an export that did not come, or accounts that do not join, end the night (man cs-checks).
# Each --allow has its reason beside it; where an export of yours needs one, write the reason too.
set -eu
export LC_ALL=C
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: nightly.sh FOLDER [DATE]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
[ -z "${BIN:-}" ] || PATH=$(cd "$BIN" && pwd):$PATH
exports=$(cd "${EXPORTS:-$here/exports}" && pwd)
maps=$(cd "${MAPS:-$here/maps}" && pwd)
as_of=${2:-$(date -u -d yesterday +%F)}
mkdir -p "$1"
folder=$(cd "$1" && pwd)

# one night at a time; the lock goes with the process
exec 9>"$folder/.lock"
flock -n 9 || { echo "nightly.sh: waiting for another run in $folder" >&2; flock 9; }
rm -rf "$folder"/.tonight.* # of a night that was killed
work=$(mktemp -d "$folder/.tonight.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
chmod 755 "$work"
cd "$work"
[ ! -e "$folder/latest/flags.state.csv" ] || cp -p "$folder/latest/flags.state.csv" .

cs-ingest subscriptions --strict --map "$maps/billing.csv" --lookup coupons="$exports/stripe_coupons.csv" --rejects rejects.csv \
    --max-rejects 1% --manifest totals.csv -o subscriptions.csv "$exports/stripe_subscriptions.csv"
cs-ingest accounts --strict --map "$maps/crm.csv" -o accounts.csv "$exports/crm_accounts.csv"
cs-ingest contacts --strict --map "$maps/contacts.csv" -o contacts.csv "$exports/crm_contacts.csv"
cs-ingest milestones --strict --map "$maps/milestones.csv" -o milestones.csv "$exports/milestones.csv"
cs-ingest outcomes --strict --map "$maps/outcomes.csv" -o outcomes.csv "$exports/outcomes.csv"
cs-ingest reasons --strict --map "$maps/reasons.csv" -o reasons.csv "$exports/churn_reasons.csv"
cs-ingest events --strict --map "$maps/usage_events.csv" -o usage.csv "$exports/product_usage.csv.gz"
cs-ingest events --strict --map "$maps/ticket_events.csv" -o tickets.csv "$exports/zendesk_tickets.csv"
cs-ingest events --strict --map "$maps/escalation_events.csv" --where "Escalated == 'true'" -o escalations.csv \
    "$exports/zendesk_tickets.csv"
cs-ingest events --strict --map "$maps/survey_events.csv" -o surveys.csv "$exports/nps_responses.csv"
cs-ingest events --strict --map "$maps/touchpoint_events.csv" -o touchpoints.csv "$exports/csp_activities.csv.gz"
cs-ingest stages --strict --map "$maps/opportunities.csv" -o expansion.csv "$exports/crm_opportunity_history.csv"

cs-waterfall --strict --as-of "$as_of" --from 2022-02-01 --window 12m --accounts accounts.csv --by segment \
    --identity "$exports/identity.csv" --fx "$exports/fx_rates.csv" --report-currency USD \
    --detail movements.csv -o bridge.csv subscriptions.csv
cs-cohort --strict --as-of "$as_of" --measure nrr --identity "$exports/identity.csv" --fx "$exports/fx_rates.csv" \
    --report-currency USD -o cohorts.csv subscriptions.csv
# what the page shows besides: the year to come, the quarter, who moved in it, cohorts of quarters, survival, renewals to come
cs-forecast --strict --as-of "$as_of" --identity "$exports/identity.csv" --fx "$exports/fx_rates.csv" --report-currency USD \
    -o forecast.csv subscriptions.csv
cs-forecast --quiet --strict --as-of "$as_of" --backtest --identity "$exports/identity.csv" --fx "$exports/fx_rates.csv" \
    --report-currency USD -o forecast_record.csv subscriptions.csv
cs-waterfall --strict --as-of "$as_of" --every quarter --incomplete --identity "$exports/identity.csv" --fx "$exports/fx_rates.csv" \
    --report-currency USD -o quarters.csv subscriptions.csv
cs-waterfall --strict --as-of "$as_of" --every quarter --incomplete --from "$as_of" --top 1000000 --identity "$exports/identity.csv" \
    --fx "$exports/fx_rates.csv" --report-currency USD -o movers.csv subscriptions.csv
cs-waterfall --strict --as-of "$as_of" --renewals --min-term 2m --identity "$exports/identity.csv" --fx "$exports/fx_rates.csv" \
    --report-currency USD --book book.csv -o renewals.csv subscriptions.csv
cs-cohort --strict --as-of "$as_of" --every quarter --measure nrr --weighted-average --identity "$exports/identity.csv" \
    --fx "$exports/fx_rates.csv" --report-currency USD -o quarter_cohorts.csv subscriptions.csv
cs-cohort --strict --as-of "$as_of" --survival --accounts accounts.csv --by segment --identity "$exports/identity.csv" \
    --fx "$exports/fx_rates.csv" --report-currency USD -o survival.csv subscriptions.csv
# the expansion pipeline: conversion and days in stage, its bridge, and what is open
cs-stages --strict --as-of "$as_of" --accounts accounts.csv --by segment -o expansion_stages.csv expansion.csv
cs-stages --strict --as-of "$as_of" --flow --subscriptions subscriptions.csv --identity "$exports/identity.csv" \
    --fx "$exports/fx_rates.csv" --report-currency USD -o expansion_flow.csv expansion.csv
cs-stages --strict --as-of "$as_of" --open --fx "$exports/fx_rates.csv" --report-currency USD -o expansion_open.csv expansion.csv
cs-metrics --strict --spec all --events usage.csv --events tickets.csv --events escalations.csv --events surveys.csv \
    --events touchpoints.csv --features "$exports/product_features.csv" --subscriptions subscriptions.csv \
    --accounts accounts.csv --contacts contacts.csv \
    --outcomes outcomes.csv --milestones milestones.csv --allow-current --fx "$exports/fx_rates.csv" --report-currency USD \
    --from 2022-06-01 --as-of "$as_of" -o metrics.csv
# How likely each customer's loss within three months is, learned from the losses so far, of which it needs twenty; and how right
# it was about customers that it had not seen. Where it is no better than chance the page shows that, and the night goes on.
cs-drivers --strict --allow chance --fit --as likelihood --labels movements.csv --outcome churn --horizon 3m --as-of "$as_of" \
    --measures seat_utilization,active_days_30d,tickets_90d,overdue_milestones,champions,champions_left_90d,days_to_renewal \
    --held-out held_out.csv -o likelihood.csv metrics.csv
cs-drivers --quiet --strict --allow chance --validate churn_3m --risk --label-column outcome -o deciles.csv held_out.csv
cs-score --strict --model balanced --likelihood likelihood.csv --smooth 2 --hysteresis 3 -o scores.csv metrics.csv
cs-score --strict --model balanced --likelihood likelihood.csv --smooth 2 --hysteresis 3 --where 'active == 1' --portfolio \
    --bridge bridge.csv -o portfolio.csv metrics.csv
cs-score --strict --model balanced --smooth 2 --hysteresis 3 --where 'active == 1' --moves -o moves.csv metrics.csv

# The first night runs over the history, the others go on from the last period of the state: it is made anew, and so are
# nights that were missed after it.
from=
if [ -e flags.state.csv ]; then from="--from $(awk -F, '$1 == "generation" && $2 == "last" { print $5 }' flags.state.csv)"; fi
# shellcheck disable=SC2086
cs-flags --strict --rules red-flags --accounts accounts.csv --scores scores.csv --portfolio portfolio.csv --state flags.state.csv \
    --by csm --totals --loss-column churn_3m_amount --customers customers.csv $from -o flags.csv metrics.csv
cs-score --strict --model balanced --likelihood likelihood.csv --smooth 2 --hysteresis 3 --where 'active == 1' -o customer_scores.csv \
    metrics.csv
last=$(awk -F, 'NR > 1 && $2 > last { last = $2 } END { print last }' metrics.csv)
cs-score --strict --model balanced --explain --where 'active == 1' --from "$last" -o explain.csv metrics.csv
cs-report portfolio --strict --accounts accounts.csv --metrics metrics.csv --scores customer_scores.csv --flags flags.csv --book book.csv \
    --milestones milestones.csv --touchpoints touchpoints.csv -o tracker.csv
# what people look at: page.html, digest.html and .txt, morning.txt, agenda.txt, pages of accounts, an agenda for each owner
# what is different from the night before stands in the page
before=$(find "$folder" -maxdepth 1 -type d -name '[0-9]*-[0-9]*-[0-9]*' -printf '%f\n' | sort -V |
    awk -v day="$as_of" 'substr($0, 1, 10) < day' | tail -n 1)
cs-report night --strict --company Brightwater --manifest-in totals.csv ${before:+--previous "$folder/$before"} .
rm -f flags.state.csv.lock usage.csv # what is large, and can be made from its export at any time

name=$as_of n=1
while [ -e "$folder/$name" ] && ! diff -rq "$work" "$folder/$name" >/dev/null; do
    n=$((n + 1)) name=$as_of.$n
done
[ -e "$folder/$name" ] || mv -T "$work" "$folder/$name"
ln -sfn "$name" "$folder/.latest" && mv -T "$folder/.latest" "$folder/latest"
echo "$folder/$name"
