import { destination, pino } from 'pino';
import type { Log } from '../../application/ports/log.ts';

/** Words whose values never reach a log: among the facts told, or one level below them. Deeper ones are not covered. */
const SECRET = [
  'token',
  'access_token',
  'accessToken',
  'refreshToken',
  'password',
  'authorization',
  'secret',
  'cookie',
];

/** JSON lines to a file, or to standard error when `file` is null. An alarm is a line of level `error`, marked as such. */
export function createLog({ file, level }: { readonly file: string | null; readonly level: string }): Log {
  const lines = destination(file === null ? { fd: 2, sync: true } : { dest: file, sync: false, mkdir: true });
  // A disk that is full must not end the product: what could not be written is written with the next line.
  lines.on('error', () => {});
  const logger = pino(
    {
      level,
      redact: { paths: SECRET.flatMap((word) => [word, `*.${word}`]), censor: '[secret]' },
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    lines,
  );
  return {
    info: (message, facts = {}) => logger.info(facts, message),
    warn: (message, facts = {}) => logger.warn(facts, message),
    alarm: (message, facts = {}) => logger.error({ ...facts, alarm: true }, message),
  };
}
