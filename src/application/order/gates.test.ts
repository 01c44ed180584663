import { describe, expect, it } from 'vitest';
import { createGates } from './gates.ts';

const never = new AbortController().signal;

/** Whether a wait is over, after all that could end it at once has run. */
async function isOver(wait: Promise<void>): Promise<boolean> {
  let over = false;
  void wait.then(() => (over = true));
  await new Promise(setImmediate);
  return over;
}

describe('the gate of an account', () => {
  it('is closed until it is opened, and lets all through who wait before it', async () => {
    const gates = createGates();
    const gate = gates.keep('a');
    const waits = [gates.opened('a', never), gates.opened('a', never)];
    expect(gates.isOpen('a')).toBe(false);
    expect(await isOver(waits[0]!)).toBe(false);
    gate.open();
    expect(await Promise.all(waits.map(isOver))).toEqual([true, true]);
    expect(gates.isOpen('a')).toBe(true);
    expect(await isOver(gates.opened('a', never))).toBe(true);
  });

  it('holds those up who come when it is closed again', async () => {
    const gates = createGates();
    const gate = gates.keep('a');
    gate.open();
    gate.close();
    const wait = gates.opened('a', never);
    expect(await isOver(wait)).toBe(false);
    gate.open();
    expect(await isOver(wait)).toBe(true);
  });

  it('is nobody else’s, and unknown accounts have closed ones', async () => {
    const gates = createGates();
    gates.keep('a').open();
    expect(gates.isOpen('b')).toBe(false);
    expect(await isOver(gates.opened('b', never))).toBe(false);
  });

  it('lets those go who wait no longer', async () => {
    const gates = createGates();
    const patience = new AbortController();
    const wait = gates.opened('a', patience.signal);
    patience.abort();
    expect(await isOver(wait)).toBe(true);
    expect(await isOver(gates.opened('a', patience.signal))).toBe(true);
    expect(gates.isOpen('a')).toBe(false);
  });

  it('is closed by whoever takes it over, and moved by nobody who kept it before', () => {
    const gates = createGates();
    const first = gates.keep('a');
    first.open();
    const second = gates.keep('a');
    expect(gates.isOpen('a')).toBe(false);
    first.open();
    expect(gates.isOpen('a')).toBe(false);
    second.open();
    first.close();
    expect(gates.isOpen('a')).toBe(true);
  });
});
