import type { z } from 'zod';
import type { FieldError } from './refusal.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with an input, field by field, in words that follow the field's name: `qty must be greater than 0`. */
export function fieldErrors(error: z.ZodError | undefined, input: unknown): readonly FieldError[] {
  return (error?.issues ?? []).map((issue) => ({
    field: issue.path.join('.'),
    message: valueAt(input, issue.path) === undefined ? 'is missing' : describe(issue),
  }));
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'invalid_type':
      return `must be ${ARTICLES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'string'
        ? `must have at least ${issue.minimum} characters`
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return OVERSIZE[issue.origin]?.(issue.maximum) ?? `must be at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.message.startsWith('must')
        ? issue.message
        : `must be a valid ${NAMES[issue.format] ?? issue.format}`;
    case 'unrecognized_keys':
      return `must not have ${issue.keys.join(', ')}`;
    case 'custom':
      return issue.message.startsWith('must') ? issue.message : 'is not valid';
    default:
      return 'is not valid';
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};
const NAMES: Readonly<Record<string, string>> = { email: 'e-mail address', uuid: 'UUID', url: 'address' };
const OVERSIZE: Readonly<Record<string, (most: number | bigint) => string>> = {
  string: (most) => `must have at most ${most} characters`,
  array: (most) => `must have at most ${most} entries`,
};
