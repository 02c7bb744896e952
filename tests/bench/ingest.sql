-- Columns renamed, every field read as its type and written.
SELECT account_id, subscription_id, plan AS product, quantity, currency, mrr, start_date, end_date
FROM read_csv('${FILE}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
    columns = {account_id: 'VARCHAR', subscription_id: 'VARCHAR', plan: 'VARCHAR', quantity: 'INTEGER',
               currency: 'VARCHAR', mrr: 'DECIMAL(12,2)', start_date: 'DATE', end_date: 'DATE'})
