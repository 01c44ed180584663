/**
 * One violation and more for every boundary rule, each of which must be caught. They are planted into a tree of their
 * own (scripts/boundaries.mjs), under the project's real settings, and never stand among the sources.
 *
 * `by` says which tool has to catch it and `rule` by which of its rules; `path` is the file that breaks the rule,
 * `code` what stands in it; `beside` are files that it needs.
 */
const imports = [
  [
    'domain-imports-only-domain',
    'src/domain/order/of-the-application.ts',
    `import '../../application/order/ability.ts';`,
  ],
  [
    'domain-imports-only-domain',
    'src/domain/order/of-a-package.ts',
    `import { z } from 'zod';\nexport const s = z.string();`,
  ],
  [
    'domain-imports-only-domain',
    'src/domain/order/of-node.ts',
    `import { hash } from 'node:crypto';\nexport { hash };`,
  ],
  [
    'domain-imports-only-domain',
    'src/domain/order/of-a-type.ts',
    `export type Row = import('../../application/order/ability.ts').Ability;`,
  ],
  [
    'domain-imports-only-domain',
    'src/domain/order/of-a-type-only.ts',
    `import type { Ability } from '../../application/order/ability.ts';\nexport type Row = Ability;`,
  ],
  ['domain-imports-only-domain', 'src/domain/order/at-run-time.ts', `export const later = () => import('zod');`],
  [
    'domain-imports-only-domain',
    'src/domain/order/re-exported.ts',
    `export * from '../../application/order/ability.ts';`,
  ],
  ['modules-meet-in-events', 'src/domain/order/of-a-decider.ts', `import '../account/account.ts';`],
  ['kernel-knows-no-module', 'src/domain/kernel/of-a-module.ts', `import '../account/events.ts';`],
  [
    'application-imports-only-domain',
    'src/application/order/of-an-adapter.ts',
    `import '../../adapters/postgres/pool.ts';`,
  ],
  [
    'application-imports-only-domain',
    'src/application/order/of-a-contract.ts',
    `import '../../../contracts/order.ts';`,
  ],
  ['application-imports-only-domain', 'src/application/order/of-node.ts', `import 'node:fs';`],
  ['application-imports-only-domain', 'src/application/order/of-a-package.ts', `import 'inversify';`],
  ['adapters-import-inwards', 'src/adapters/memory/of-the-bootstrap.ts', `import '../../bootstrap/main.ts';`],
  ['contracts-import-only-zod', 'contracts/of-a-package.ts', `import 'zod-openapi';`],
  ['contracts-import-only-zod', 'contracts/of-the-domain.ts', `import '../src/domain/account/events.ts';`],
  ['web-imports-only-contracts', 'web/src/of-the-domain.ts', `import '../../src/domain/account/events.ts';`],
  ['web-imports-only-contracts', 'web/src/of-a-server-package.ts', `import 'pino';`],
  ['product-never-imports-sandbox', 'src/bootstrap/of-the-sandbox.ts', `import '../../sandbox/server.ts';`],
  ['product-never-imports-sandbox', 'web/src/of-the-sandbox.ts', `import '../../sandbox/server.ts';`],
  ['sandbox-never-imports-product', 'sandbox/of-the-domain.ts', `import '../src/domain/account/events.ts';`],
  ['sandbox-never-imports-product', 'sandbox/of-a-contract.ts', `import '../contracts/order.ts';`],
  ['no-unresolved-imports', 'src/adapters/memory/of-nothing.ts', `import './nothing.ts';`],
  ['production-needs-no-development-package', 'src/adapters/memory/of-a-tool.ts', `import 'fast-check';`],
  ['alpaca-sdk-only-in-its-adapter', 'src/adapters/http/of-the-sdk.ts', `import '@alpacahq/alpaca-trade-api';`],
  ['alpaca-sdk-only-in-its-adapter', 'sandbox/of-the-sdk.ts', `import '@alpacahq/alpaca-trade-api';`],
  ['eventstoredb-client-only-in-its-adapter', 'src/bootstrap/of-the-client.ts', `import '@eventstore/db-client';`],
  [
    'eventstoredb-client-only-in-its-adapter',
    'src/adapters/postgres/of-the-client.ts',
    `export const later = () => import('@eventstore/db-client');`,
  ],
  [
    'pg-only-in-postgres-and-bootstrap',
    'src/adapters/http/of-pg.ts',
    `import type { Pool } from 'pg';\nexport type P = Pool;`,
  ],
  ['express-only-in-http', 'src/adapters/alpaca/of-express.ts', `import 'express';`],
  ['inversify-only-in-bootstrap', 'src/adapters/http/of-inversify.ts', `import 'inversify';`],
].map(([rule, path, code]) => ({ by: 'dependency-cruiser', rule, path, code }));

const circle = {
  by: 'dependency-cruiser',
  rule: 'no-cycles',
  path: 'src/application/order/circle-there.ts',
  code: `import './circle.ts';\nexport const b = 1;`,
  beside: [{ path: 'src/application/order/circle.ts', code: `import './circle-there.ts';\nexport const a = 1;` }],
};

const pure = [
  ['no-clock', 'src/domain/order/now.ts', `export const now = () => new Date().toISOString();`],
  ['no-clock', 'src/domain/order/now-in-milliseconds.ts', `export const now = () => Date.now();`],
  ['no-clock', 'src/domain/order/now-by-index.ts', `export const now = () => Date['now']();`],
  ['no-clock', 'src/application/order/now-as-text.ts', `export const now = () => Date();`],
  ['no-clock', 'src/application/order/elapsed.ts', `export const now = () => performance.now();`],
  ['no-chance', 'src/domain/order/dice.ts', `export const dice = () => Math.random();`],
  ['no-chance', 'src/application/order/new-id.ts', `export const id = () => crypto.randomUUID();`],
  [
    'no-forged-admission',
    'src/application/order/forged.ts',
    `interface Admission { readonly orderId: string }\nexport const forged = (orderId: string) => ({ orderId }) as Admission;`,
  ],
  ['no-timers', 'src/application/order/wait.ts', `export const wait = (f: () => void) => setTimeout(f, 10);`],
  ['no-surroundings', 'src/application/order/setting.ts', `export const mode = process.env['MODE'];`],
  ['no-surroundings', 'src/domain/order/escape.ts', `export const all = () => globalThis;`],
  ['no-local-time-zone', 'src/domain/order/hour.ts', `export const hour = (at: string) => new Date(at).getHours();`],
  ['no-local-time-zone', 'src/domain/order/day.ts', `export const day = () => new Date(2026, 0, 1);`],
  ['no-default-language', 'src/domain/order/shown.ts', `export const shown = (n: number) => n.toLocaleString();`],
  [
    'no-default-language',
    'src/domain/order/sorted.ts',
    `export const by = (a: string, b: string) => a.localeCompare(b);`,
  ],
  ['no-default-language', 'src/domain/order/figures.ts', `export const f = new Intl.NumberFormat();`],
  ['no-default-language', 'src/domain/order/local-day.ts', `export const f = new Intl.DateTimeFormat('en-US');`],
].map(([rule, path, code]) => ({ by: 'pure-code', rule, path, code }));

/** What the compiler refuses by the layers' projects; `rule` is its error. */
const compiler = [
  ['TS2584', 'src/domain/order/prints.ts', `console.log('x');`],
  ['TS2591', 'src/domain/order/reads-the-environment.ts', `export const e = process.env;`],
  ['TS2304', 'src/application/order/calls-out.ts', `export const c = () => fetch('http://localhost');`],
  [
    'TS6307',
    'src/domain/order/of-a-layer-above.ts',
    `import { x } from '../../application/order/ability.ts';\nexport { x };`,
  ],
  [
    'TS6307',
    'src/application/order/of-a-layer-beside.ts',
    `import { x } from '../../adapters/memory/held.ts';\nexport { x };`,
  ],
  ['TS6307', 'src/adapters/memory/of-a-layer-above.ts', `import { x } from '../../bootstrap/main.ts';\nexport { x };`],
  ['TS6307', 'contracts/of-a-layer.ts', `import { x } from '../src/application/order/ability.ts';\nexport { x };`],
  ['TS6307', 'web/src/of-the-server.ts', `import { x } from '../../src/application/order/ability.ts';\nexport { x };`],
  ['TS6307', 'sandbox/of-the-product.ts', `import { x } from '../src/application/order/ability.ts';\nexport { x };`],
].map(([rule, path, code]) => ({ by: 'compiler', rule, path, code }));

const lint = [
  ['eslint(eqeqeq)', 'src/adapters/memory/loose.ts', `export const f = (a: string, b: string) => a == b;`],
  ['eslint(no-console)', 'src/adapters/memory/prints.ts', `console.log('x');`],
  ['eslint(no-debugger)', 'src/adapters/memory/halts.ts', `export const f = () => {\n  debugger;\n};`],
  ['eslint(no-var)', 'src/adapters/memory/old.ts', `export var a = 1;`],
  ['eslint(no-warning-comments)', 'src/adapters/memory/unfinished.ts', `// ${'TO'}DO: finish\nexport const a = 1;`],
  ['eslint(prefer-const)', 'src/adapters/memory/changeable.ts', `let a = 1;\nexport const f = () => a;`],
  ['typescript(ban-ts-comment)', 'src/adapters/memory/hushed.ts', `// @ts-ignore\nexport const a: string = 1;`],
  [
    'typescript(consistent-type-imports)',
    'src/adapters/memory/of-a-value.ts',
    `import { Held } from './held.ts';\nexport type H = Held;`,
  ],
  ['typescript(no-explicit-any)', 'src/adapters/memory/untyped.ts', `export const f = (a: any) => String(a);`],
  [
    'typescript(no-floating-promises)',
    'src/adapters/memory/forgotten.ts',
    `const send = () => Promise.resolve();\nexport function f() {\n  send();\n}`,
  ],
  [
    'typescript(no-misused-promises)',
    'src/adapters/memory/misused.ts',
    `const sent = async () => true;\nexport const f = () => (sent() ? 1 : 2);`,
  ],
  [
    'typescript(no-unnecessary-type-assertion)',
    'src/adapters/memory/asserted.ts',
    `export const f = (a: string) => (a as string).length;`,
  ],
  ['typescript(only-throw-error)', 'src/adapters/memory/throws.ts', `export const f = () => {\n  throw 'no';\n};`],
  [
    'typescript(switch-exhaustiveness-check)',
    'src/adapters/memory/forgets-one.ts',
    `export function f(side: 'buy' | 'sell') {\n  switch (side) {\n    case 'buy':\n      return 1;\n  }\n  return 2;\n}`,
  ],
  [
    'vitest(valid-expect)',
    'test/expects.test.ts',
    `import { expect, it } from 'vitest';\nit('runs', () => void expect(1));`,
  ],
  [
    'vitest(no-disabled-tests)',
    'test/skips.test.ts',
    `import { it } from 'vitest';\nit.skip('waits', () => undefined);`,
  ],
  ['vitest(no-focused-tests)', 'test/alone.test.ts', `import { it } from 'vitest';\nit.only('runs', () => undefined);`],
].map(([rule, path, code]) => ({ by: 'oxlint', rule, path, code }));

export const violations = [...imports, circle, ...pure, ...compiler, ...lint];

/** What the planted imports lead to, and what looks like a violation but is none: no rule may object to these. */
export const permitted = [
  ['contracts/order.ts', `import { z } from 'zod';\nexport const order = z.object({ id: z.string() });`],
  ['src/domain/kernel/text.ts', `export const joined = (a: readonly string[]) => a.join(', ');`],
  ['src/domain/account/events.ts', `export type AccountOpened = { readonly type: 'AccountOpened' };`],
  ['src/domain/account/account.ts', `import { joined } from '../kernel/text.ts';\nexport const name = joined(['a']);`],
  [
    'src/domain/order/reads-given-time.ts',
    `import type { AccountOpened } from '../account/events.ts';
export const later = (at: string) => new Date(new Date(at).getTime() + 1).toISOString();
const newYork = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York' });
export const dayOf = (at: string, account: AccountOpened) => newYork.format(new Date(at)) + account.type;
export type Result = { readonly performance: string; readonly process: string };
export const shown = (result: Result) => result.performance + result.process;`,
  ],
  ['src/application/order/ability.ts', `export type Ability = { readonly name: string };\nexport const x = 1;`],
  ['src/adapters/postgres/pool.ts', `import { Pool } from 'pg';\nexport const x = Pool;`],
  ['src/adapters/memory/held.ts', `export type Held = { readonly n: number };\nexport const x = 1;`],
  [
    'src/bootstrap/main.ts',
    `import { Container } from 'inversify';\nconsole.log(Container.name);\nexport const x = 1;`,
  ],
  ['sandbox/server.ts', `import express from 'express';\nexport const x = express;`],
  [
    'web/src/page.ts',
    `import { createElement } from 'react';\nimport { order } from '../../contracts/order.ts';
export const page = createElement('p', null, order.parse({ id: '1' }).id);`,
  ],
  [
    'src/domain/order/order.test.ts',
    `import { it } from 'vitest';\nimport '../account/account.ts';\nit('runs', () => undefined);`,
  ],
  ['test/runs.test.ts', `import { it } from 'vitest';\nit('runs', () => undefined);`],
].map(([path, code]) => ({ path, code }));
