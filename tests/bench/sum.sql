-- Rows and one column's sum. The types are given, so that nothing is sniffed; value as an exact decimal, as ours is.
SELECT count(*) AS rows, sum(value) AS value
FROM read_csv('${FILE}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
    columns = {account_id: 'VARCHAR', event_time: 'TIMESTAMP', event: 'VARCHAR', user_id: 'VARCHAR',
               quantity: 'INTEGER', value: 'DECIMAL(12,2)'})
