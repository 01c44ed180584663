/** `npm run projections:verify`: builds all read models once more and compares them with the live ones, row by row. */
import { verifyViews } from '../adapters/postgres/verify.ts';
import { runReadModelProgram } from './read-models.ts';

await runReadModelProgram(async (options, progress) => {
  const compared = await verifyViews(options);
  for (const { table, rows, differences, examples } of compared) {
    console.log(`${table.padEnd(20)} ${String(rows).padStart(10)} rows ${String(differences).padStart(8)} differences`);
    for (const { side, row } of examples) console.log(`  only ${side}: ${row}`);
  }
  const faulty = compared.filter(({ differences }) => differences > 0).length;
  console.log(
    `${faulty === 0 ? 'All read models are what the log says' : `${faulty} tables differ`}: ${progress.summary()}.`,
  );
  return faulty === 0 ? 0 : 1;
});
