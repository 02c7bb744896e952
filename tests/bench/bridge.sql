-- The revenue bridge by month with NRR and GRR, over the days on which something changes and not over a row per day: a row
-- of subscriptions is two changes, each in force at the end of its month; an account's changes of a month are netted, its
-- balance is their running sum.
WITH subscription AS (
    SELECT account_id, mrr, start_date, end_date
    FROM read_csv('${FILE}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
        columns = {account_id: 'VARCHAR', subscription_id: 'VARCHAR', plan: 'VARCHAR', quantity: 'INTEGER',
                   currency: 'VARCHAR', mrr: 'DECIMAL(12,2)', start_date: 'DATE', end_date: 'DATE'})
), change AS (
    SELECT account_id, (year(start_date) * 12 + month(start_date))::INTEGER AS month, mrr FROM subscription
    UNION ALL
    SELECT account_id, (year(end_date) * 12 + month(end_date))::INTEGER, -mrr FROM subscription WHERE end_date IS NOT NULL
), step AS (
    SELECT account_id, month, sum(mrr)::DECIMAL(18,2) AS delta FROM change WHERE month <= 2024 * 12 + 12
    GROUP BY ALL HAVING delta <> 0
), balance AS (
    SELECT month, delta, sum(delta) OVER w - delta AS before, row_number() OVER w AS nth
    FROM step WINDOW w AS (PARTITION BY account_id ORDER BY month)
), movement AS (
    SELECT month,
        coalesce(sum(delta) FILTER (before = 0 AND nth = 1), 0) AS new,
        coalesce(sum(delta) FILTER (before = 0 AND nth > 1), 0) AS reactivation,
        coalesce(sum(delta) FILTER (before > 0 AND delta > 0), 0) AS upsell,
        coalesce(sum(delta) FILTER (before > 0 AND delta < 0 AND before + delta > 0), 0) AS contraction,
        coalesce(sum(delta) FILTER (before > 0 AND before + delta = 0), 0) AS churn
    FROM balance GROUP BY month
), bridge AS (
    SELECT *, sum(new + reactivation + upsell + contraction + churn) OVER (ORDER BY month) AS closing FROM movement
)
SELECT make_date(((month - 1) // 12)::INTEGER, ((month - 1) % 12 + 1)::INTEGER, 1) AS period_start,
    (closing - new - reactivation - upsell - contraction - churn)::DECIMAL(18,2) AS opening, new::DECIMAL(18,2) AS new,
    reactivation::DECIMAL(18,2) AS reactivation, upsell::DECIMAL(18,2) AS upsell,
    contraction::DECIMAL(18,2) AS contraction, churn::DECIMAL(18,2) AS churn, closing::DECIMAL(18,2) AS closing,
    ((opening + upsell + contraction + churn)::DOUBLE / nullif(opening, 0)::DOUBLE)::DECIMAL(18,6) AS nrr,
    ((opening + contraction + churn)::DOUBLE / nullif(opening, 0)::DOUBLE)::DECIMAL(18,6) AS grr
FROM bridge ORDER BY month
