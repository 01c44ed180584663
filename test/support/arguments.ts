/** What the programs of the long runs make of their arguments. */

/** Says why, and ends the program. */
export function fail(line: string, code = 1): never {
  console.error(line);
  process.exit(code);
}

/** The whole number that an option gives; ends the program when it is none, or is less than `least`. */
export function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least ? value : fail(`${name} must be a whole number from ${least}`);
}

interface Bug {
  readonly name: string;
  readonly sentence: string;
}

/** The one of the bugs that an option names, null without it; ends the program when there is none of that name. */
export function bugNamed<B extends Bug>(bugs: readonly B[], name: string | undefined): B | null {
  if (name === undefined) return null;
  const bug = bugs.find((each) => each.name === name);
  return bug ?? fail(`there is no bug ${name}; there are ${bugs.map((each) => each.name).join(', ')}`);
}

/** Lists the bugs, and ends the program. */
export function listBugs(bugs: readonly Bug[]): never {
  for (const { name, sentence } of bugs) console.log(`${name.padEnd(28)} ${sentence}`);
  process.exit(0);
}
