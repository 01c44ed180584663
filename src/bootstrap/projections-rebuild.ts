/**
 * `npm run projections:rebuild [-- view ...]` builds read models anew beside the live ones and changes places with them;
 * `npm run projections:rebuild -- --back` goes back to those before.
 */
import { goBack, RebuildRefused, rebuildViews } from '../adapters/postgres/rebuild.ts';
import { runReadModelProgram } from './read-models.ts';

const asked = process.argv.slice(2);

await runReadModelProgram(async (options, progress) => {
  const back = asked.includes('--back');
  if (back && asked.length > 1) throw new RebuildRefused('--back takes no names: it goes back with all previous views');
  const names = back ? await goBack(options) : await rebuildViews(options, asked);
  console.log(`${back ? 'Went back with' : 'Rebuilt'} ${names.join(', ')}: ${progress.summary()}.`);
  return 0;
});
