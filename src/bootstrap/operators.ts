/**
 * `npm run operators`: who may halt and release beyond their own account. Appointed here and nowhere else: whoever can open
 * the database could do everything anyway.
 */
import { KILL_SWITCH_STREAM } from '../domain/risk-policy/kill-switch/events.ts';
import { runProgram, say } from './audit/program.ts';
import { readConfig } from './config.ts';
import { readOperatorsWish } from './kill/arguments.ts';
import { namesOf } from './kill/names.ts';
import { openHouse } from './kill/open-house.ts';
import { StartupError } from './startup-error.ts';

await runProgram(async () => {
  const { wish, json } = readOperatorsWish(process.argv.slice(2));
  const print = (told: object, text: string): void => console.log(json ? JSON.stringify(told) : text);
  const house = await openHouse(readConfig(process.env, process.cwd()), say);
  try {
    const { killSwitch } = house.aggregates;
    if (wish.do === 'list') {
      const { operators } = await killSwitch.load(KILL_SWITCH_STREAM);
      const nameOf = await namesOf(house, [...operators.keys()]);
      const shown = [...operators].map(([userId, since]) => ({ userId, email: nameOf(userId), since }));
      const lines = shown.map(({ email, since }) => `${email}  since ${since}`);
      print({ operators: shown }, lines.length === 0 ? 'There are no operators.' : lines.join('\n'));
      return 0;
    }
    const user = await house.users.byEmail(wish.email);
    if (user === null) throw new StartupError(`nobody has signed up as ${wish.email}`);
    const type = wish.do === 'add' ? 'AppointOperator' : 'DismissOperator';
    const command = { type, userId: user.userId, at: house.clock.now() } as const;
    const done = await killSwitch.handle(KILL_SWITCH_STREAM, command, house.cause());
    const recorded = done.kind === 'done' && done.events.length > 0;
    const words = wish.do === 'add' ? 'an operator' : 'no operator';
    print({ userId: user.userId, recorded }, `${wish.email} is ${words}${recorded ? '' : ', as before'}.`);
    const { operators } = done.state;
    if (operators.size === 1) say('a wide halt is released by two operators, and this is the only one');
    return 0;
  } finally {
    await house.stop();
  }
});
