#!/bin/sh
# From what customers do to a score that has been held against what happened next: ingest, measure, learn
# weights on the periods up to the cut, score all periods, judge the score on the periods after it.
#
#   sh samples/health.sh [FOLDER]
#
# FOLDER takes what it makes (default build/health). The commands come from the folder in $BIN, else from
# PATH. The last lines are what to believe: figures of rows the fit has not seen.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../build/health}
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ -z "${BIN:-}" ] || PATH=$(cd "$BIN" && pwd):$PATH
cd "$here"

as_of=2024-12-31 # the exports end here
cut=2024-03-31   # what happened until this day teaches the weights; the scores from this day on are judged
horizon=3m       # a loss within three months is what the score should see coming
measures=uses_per_licence_30d,active_days_30d,seat_use,tickets_90d,overdue_milestones,champions_left_180d,days_to_renewal,by_the_month

echo "1. Raw exports to streams"
cs-ingest subscriptions --map maps/billing.csv --lookup coupons=exports/stripe_coupons.csv \
    --rejects "$out/rejects.csv" -o "$out/subscriptions.csv" exports/stripe_subscriptions.csv
cs-ingest accounts --map maps/crm.csv -o "$out/accounts.csv" exports/crm_accounts.csv
cs-ingest contacts --map maps/contacts.csv -o "$out/contacts.csv" exports/crm_contacts.csv
cs-ingest milestones --map maps/milestones.csv -o "$out/milestones.csv" exports/milestones.csv
cs-ingest events --map maps/usage_events.csv -o "$out/usage.csv" exports/product_usage.csv.gz
cs-ingest events --map maps/ticket_events.csv -o "$out/tickets.csv" exports/zendesk_tickets.csv
cs-ingest events --map maps/escalation_events.csv --where "Escalated == 'true'" -o "$out/escalations.csv" \
    exports/zendesk_tickets.csv
cs-ingest events --map maps/touchpoint_events.csv -o "$out/touchpoints.csv" exports/csp_activities.csv.gz
cs-ingest events --map maps/survey_events.csv -o "$out/surveys.csv" exports/nps_responses.csv

echo "2. What happened: every movement of revenue"
cs-waterfall --as-of $as_of --from 2022-02-01 --identity exports/identity.csv --fx exports/fx_rates.csv \
    --report-currency USD --detail "$out/movements.csv" -o "$out/bridge.csv" "$out/subscriptions.csv"

echo "3. What was measured: one row per account and month"
cs-metrics --spec specs/health.csv --features exports/product_features.csv --events "$out/usage.csv" --events "$out/tickets.csv" \
    --events "$out/escalations.csv" --events "$out/touchpoints.csv" --events "$out/surveys.csv" \
    --subscriptions "$out/subscriptions.csv" --accounts "$out/accounts.csv" --contacts "$out/contacts.csv" \
    --milestones "$out/milestones.csv" \
    --fx exports/fx_rates.csv --report-currency USD --from 2022-06-01 --as-of $as_of -o "$out/metrics.csv"

echo "4. What goes with churn, by what was known on $cut"
cs-drivers --labels "$out/movements.csv" --outcome churn --horizon $horizon --as-of $cut -o "$out/drivers.csv" \
    "$out/metrics.csv"
cut -d, -f2,4,6,7,10,11 "$out/drivers.csv" | head -n 6 | sed 's/^/    /'

echo "5. Weights from it"
cs-drivers --fit --all-periods --labels "$out/movements.csv" --outcome churn --horizon $horizon --as-of $cut \
    --measures "$measures" \
    --report "$out/fit.csv" -o "$out/model.csv" "$out/metrics.csv"

echo "6. Scores of every account and month"
cs-score --model "$out/model.csv" --smooth 2 --hysteresis 3 --where 'active == 1' -o "$out/scores.csv" "$out/metrics.csv"
cs-score --model "$out/model.csv" --explain --from $as_of --where 'active == 1' -o "$out/explain.csv" "$out/metrics.csv"
cs-score --model "$out/model.csv" --smooth 2 --hysteresis 3 --where 'active == 1' --portfolio \
    --bridge "$out/bridge.csv" -o "$out/portfolio.csv" "$out/metrics.csv"

echo "7. Held out: the scores from $cut on against the losses after them"
cs-drivers --validate raw_score --labels "$out/movements.csv" --outcome churn --horizon $horizon --as-of $as_of \
    --from $cut --report "$out/validation.csv" -o "$out/deciles.csv" "$out/scores.csv"
awk -F, '$1 == "auc" { printf "held-out AUC %.4f (%.4f to %.4f), %d rows, %d losses\n", $5, $7, $8, $3, $4 }' \
    "$out/validation.csv"

echo "8. How likely a loss is, as a share: learned until $cut, held against the losses after it"
cs-drivers --fit --as likelihood --labels "$out/movements.csv" --outcome churn --horizon $horizon --as-of $cut \
    --measures "$measures" -o "$out/likelihood.csv" "$out/metrics.csv"
cs-score --likelihood "$out/likelihood.csv" --where 'active == 1' -o "$out/likely.csv" "$out/metrics.csv"
cs-drivers --validate churn_$horizon --risk --labels "$out/movements.csv" --outcome churn --horizon $horizon --as-of $as_of \
    --from $cut --report "$out/likely_validation.csv" -o "$out/likely_deciles.csv" "$out/likely.csv"
