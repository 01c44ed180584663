/** Offers its load as a process of its own: `load.js <what, in JSON>`; what came of it is printed in JSON. */
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { offerLoad } from './offered-load.ts';
import type { Load } from './offered-load.ts';

const [asked = ''] = process.argv.slice(2);
const { databaseUrl, ...load } = JSON.parse(asked) as Omit<Load, 'pool'> & { readonly databaseUrl: string };
const pool = createPool(databaseUrl, { applicationName: 'load', max: 4 });
console.log(JSON.stringify(await offerLoad({ ...load, pool })));
await pool.end();
