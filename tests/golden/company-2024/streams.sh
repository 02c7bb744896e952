# The streams of the company into s/, and what further cases begin with. For cases that borrow this folder: . ./streams.sh
mkdir s r
ingest() { cs-ingest -q "$1" --map "maps/$2.csv" -o "s/$3.csv" "exports/$4"; }
cs-ingest -q subscriptions --map maps/billing.csv --lookup coupons=exports/stripe_coupons.csv --rejects rejects.csv \
    --max-rejects 1% --manifest totals -o s/subscriptions.csv exports/stripe_subscriptions.csv.gz
ingest accounts crm accounts crm_accounts.csv.gz
ingest contacts contacts contacts crm_contacts.csv.gz
ingest milestones milestones milestones milestones.csv.gz
ingest outcomes outcomes outcomes outcomes.csv.gz
ingest reasons reasons reasons churn_reasons.csv
ingest events usage_events usage product_usage.csv.gz
ingest events ticket_events tickets zendesk_tickets.csv.gz
cs-ingest -q events --map maps/escalation_events.csv --where "Escalated == 'true'" -o s/escalations.csv exports/zendesk_tickets.csv.gz
ingest events survey_events surveys nps_responses.csv.gz

money='--identity exports/identity.csv --fx exports/fx_rates.csv --report-currency USD'
bridge() { # result, then options
    out=$1 && shift
    cs-waterfall --as-of 2024-12-31 $money "$@" -o "$out" s/subscriptions.csv
}
measure() { # result, then options
    out=$1 && shift
    cs-metrics --events s/usage.csv --events s/tickets.csv --events s/escalations.csv --events s/surveys.csv \
        --subscriptions s/subscriptions.csv --accounts s/accounts.csv --contacts s/contacts.csv --outcomes s/outcomes.csv \
        --milestones s/milestones.csv --reasons s/reasons.csv --allow-current --fx exports/fx_rates.csv --report-currency USD "$@" -o "$out"
}
movements() { bridge r/bridge.csv -q --from 2022-02-01 --window 12m --accounts s/accounts.csv --by segment --detail r/movements.csv; }
measure_all() { measure r/metrics.csv -q --spec all --from 2022-06-01 --as-of 2024-12-31; }
measure_health() { measure r/health.csv -q --spec ./health.csv --from 2022-06-01 --as-of 2024-12-31; }
score_all() { cs-score --model balanced --smooth 2 --hysteresis 3 -o r/scores.csv r/metrics.csv; }
portfolio() { cs-score --model balanced --smooth 2 --hysteresis 3 --where 'active == 1' --portfolio --bridge r/bridge.csv -o "$1" r/metrics.csv; }
fit() { # further options
    cs-drivers --fit --all-periods --labels r/movements.csv --outcome churn --horizon 3m --as-of 2024-03-31 -o model.csv "$@" r/health.csv \
        --measures active_days_30d,seat_use,active_users_change,tickets_per_licence_90d,contacts_on_good_terms,champions
}
score_fitted() { cs-score --model ./model.csv --smooth 2 --hysteresis 3 --where 'active == 1' -o r/fitted.csv r/health.csv; }

# A large table: the rows of December are compared, of the whole the number of lines and the checksum.
december() { head -n 1 "$1" && grep "$2" "$1"; }
sums() { wc -l "$@" | sed 's/^ *//' && cksum "$@"; }
