import type { Pool } from 'pg';

const SAFE: Readonly<Record<string, (setting: string) => boolean>> = {
  fsync: (setting) => setting === 'on',
  full_page_writes: (setting) => setting === 'on',
  synchronous_commit: (setting) => setting !== 'off',
};

/**
 * Refuses a server that may forget what it has acknowledged. Throws an error naming each unsafe setting of `fsync`,
 * `full_page_writes` and `synchronous_commit`.
 */
export async function assertDurable(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any ($1) order by name',
    [Object.keys(SAFE)],
  );
  const unsafe = unsafeSettings(rows);
  if (unsafe.length > 0) {
    throw new Error(`Postgres may lose acknowledged orders: ${unsafe.join(', ')}. Set them to on and restart it.`);
  }
}

/** The settings, written as `name=value`, with which a crash or a power cut loses committed events. */
export function unsafeSettings(settings: readonly { name: string; setting: string }[]): readonly string[] {
  return settings
    .filter(({ name, setting }) => SAFE[name]?.(setting) === false)
    .map(({ name, setting }) => `${name}=${setting}`);
}
