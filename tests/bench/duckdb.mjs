// Runs a query by DuckDB: node duckdb.mjs THREADS FILE.sql OUT NAME=VALUE...
// ${NAME} in the query stands for VALUE. The result is written to OUT as CSV by DuckDB itself. Printed: the seconds of the
// query alone, without the start of node and of DuckDB. DUCKDB names the folder with node_modules; `version` as THREADS
// prints the version.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const require = createRequire(process.env.DUCKDB + '/');
const { DuckDBInstance } = require('@duckdb/node-api');
const [threads, file, out, ...settings] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: threads === 'version' ? '1' : threads });
const connection = await instance.connect();
if (threads === 'version') {
    const rows = await (await connection.runAndReadAll('SELECT version()')).getRows();
    console.log('DuckDB ' + rows[0][0]);
} else {
    let query = readFileSync(file, 'utf8').replace(/^--.*$/gm, '').trim().replace(/;$/, '');
    for (const setting of settings) {
        const at = setting.indexOf('=');
        query = query.replaceAll('${' + setting.slice(0, at) + '}', setting.slice(at + 1));
    }
    const begin = process.hrtime.bigint();
    await connection.run(`COPY (${query}) TO '${out}' (HEADER, DELIMITER ',')`);
    console.log((Number(process.hrtime.bigint() - begin) / 1e9).toFixed(4));
}
