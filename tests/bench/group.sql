-- Events by account and month: count and two sums.
SELECT account_id, date_trunc('month', event_time)::DATE AS month, count(*) AS events, sum(quantity) AS quantity,
       sum(value) AS value
FROM read_csv('${FILE}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
    columns = {account_id: 'VARCHAR', event_time: 'TIMESTAMP', event: 'VARCHAR', user_id: 'VARCHAR',
               quantity: 'INTEGER', value: 'DECIMAL(12,2)'})
GROUP BY ALL ORDER BY account_id, month
