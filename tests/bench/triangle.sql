-- Accounts by the month of their first event, and how many of each cohort are seen again in each later month.
WITH active AS (
    SELECT DISTINCT account_id, (year(event_time) * 12 + month(event_time))::INTEGER AS month
    FROM read_csv('${FILE}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
        columns = {account_id: 'VARCHAR', event_time: 'TIMESTAMP', event: 'VARCHAR', user_id: 'VARCHAR',
                   quantity: 'INTEGER', value: 'DECIMAL(12,2)'})
), cohort AS (
    SELECT month, min(month) OVER (PARTITION BY account_id) AS first FROM active
)
SELECT last_day(make_date(((first - 1) // 12)::INTEGER, ((first - 1) % 12 + 1)::INTEGER, 1)) AS cohort,
    (month - first)::INTEGER AS age, count(*) AS logos
FROM cohort GROUP BY ALL ORDER BY cohort, age
