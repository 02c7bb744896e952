-- Eight metrics of every account at the end of every month from March 2023, the first for which 90 days are known, and
-- from its first event on. Events are first added up by account and day, so that the windows run over days and not over
-- events; the windows are ranges over the days of one account.
WITH event AS MATERIALIZED (
    SELECT account_id, event_time::DATE AS day, event, user_id, quantity, value
    FROM read_csv('${FILE}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
        columns = {account_id: 'VARCHAR', event_time: 'TIMESTAMP', event: 'VARCHAR', user_id: 'VARCHAR',
                   quantity: 'INTEGER', value: 'DECIMAL(12,2)'})
), daily AS (
    SELECT account_id, day, count(*) AS n, sum(quantity) AS quantity, sum(value) AS value,
        count(*) FILTER (event = 'login') AS logins, list(DISTINCT user_id) AS users, false AS closing
    FROM event GROUP BY ALL
), grid AS (
    SELECT account_id, month_end AS day, 0 AS n, 0 AS quantity, 0 AS value, 0 AS logins, []::VARCHAR[] AS users,
        true AS closing
    FROM (SELECT account_id, min(day) AS first FROM event GROUP BY ALL),
        (SELECT last_day(d::DATE) AS month_end
         FROM generate_series(DATE '2023-03-01', DATE '2024-12-01', INTERVAL 1 MONTH) t(d))
    WHERE month_end >= first
), windowed AS (
    SELECT account_id, day, closing,
        sum(n) OVER w30 AS events_30d, sum(n) OVER w90 AS events_90d,
        sum(quantity) OVER w30 AS quantity_30d, sum(quantity) OVER w90 AS quantity_90d,
        sum(value) OVER w30 AS value_30d, sum(value) OVER w90 AS value_90d, sum(logins) OVER w90 AS logins_90d
    FROM (SELECT * EXCLUDE (users) FROM daily UNION ALL SELECT * EXCLUDE (users) FROM grid)
    WINDOW w30 AS (PARTITION BY account_id ORDER BY day RANGE BETWEEN INTERVAL 29 DAYS PRECEDING AND CURRENT ROW),
           w90 AS (PARTITION BY account_id ORDER BY day RANGE BETWEEN INTERVAL 89 DAYS PRECEDING AND CURRENT ROW)
), seen AS (
    SELECT account_id, last_day(m::DATE) AS day, count(DISTINCT user_id) AS users_30d
    FROM (SELECT DISTINCT account_id, user_id, day FROM event) e,
        generate_series(DATE '2023-03-01', DATE '2024-12-01', INTERVAL 1 MONTH) t(m)
    WHERE e.day <= last_day(m::DATE) AND e.day > last_day(m::DATE) - 30
    GROUP BY ALL
)
SELECT account_id, day AS period, events_30d, events_90d, quantity_30d, quantity_90d, value_30d, value_90d, logins_90d,
    coalesce(users_30d, 0) AS users_30d
FROM windowed LEFT JOIN seen USING (account_id, day) WHERE closing ORDER BY period, account_id
