/**
 * Who may import whom. The layers are held by the compiler too (one TypeScript project each); what is said here is finer,
 * and covers imports that the compiler would allow. Each rule has a planted violation in test/planted/.
 */

/** Tests and behaviour suites may use what they like. */
const tests = '\\.(test|suite)\\.tsx?$';

/** Packages that speak a vendor's or a tool's language stay where that language is spoken. */
const packageHomes = [
  { name: 'alpaca-sdk-only-in-its-adapter', packages: ['@alpacahq'], homes: ['src/adapters/alpaca'] },
  {
    name: 'eventstoredb-client-only-in-its-adapter',
    packages: ['@eventstore', '@grpc'],
    homes: ['src/adapters/eventstoredb'],
  },
  { name: 'pg-only-in-postgres-and-bootstrap', packages: ['pg'], homes: ['src/adapters/postgres', 'src/bootstrap'] },
  { name: 'express-only-in-http', packages: ['express'], homes: ['src/adapters/http', 'sandbox'] },
  { name: 'inversify-only-in-bootstrap', packages: ['inversify', 'reflect-metadata'], homes: ['src/bootstrap'] },
];

/** A package as it is found: in node_modules, or by its types. */
const inNodeModules = (packages) => `(^|/)node_modules/(@types/)?(${packages.join('|')})(/|$)`;

/** Zod is the language that the contracts are written in. */
const webLibraries = ['react', 'react-dom', 'react-router', 'lightweight-charts', 'zod'];

module.exports = {
  forbidden: [
    {
      name: 'domain-imports-only-domain',
      comment: 'The domain decides, and needs nothing for that: no other layer, no package, nothing of Node.',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: tests },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'modules-meet-in-events',
      comment: 'A module of the domain knows another by the facts it records, not by how it decides.',
      severity: 'error',
      from: { path: '^src/domain/([^/]+)/', pathNot: tests },
      to: {
        path: '^src/domain/',
        pathNot: ['^src/domain/$1/', '^src/domain/kernel/', '^src/domain/[^/]+/events\\.ts$'],
      },
    },
    {
      name: 'kernel-knows-no-module',
      comment: 'What all modules share must not depend on one of them.',
      severity: 'error',
      from: { path: '^src/domain/kernel/', pathNot: tests },
      to: { path: '^src/domain/', pathNot: '^src/domain/kernel/' },
    },
    {
      name: 'application-imports-only-domain',
      comment: 'Abilities see the world through ports of their own.',
      severity: 'error',
      from: { path: '^src/application/', pathNot: tests },
      to: { pathNot: '^src/(domain|application)/' },
    },
    {
      name: 'adapters-import-inwards',
      comment: 'Adapters serve the layers inside of them; who chooses and wires them is none of their business.',
      severity: 'error',
      from: { path: '^src/adapters/', pathNot: tests },
      to: { path: '^(src/bootstrap|web|sandbox|bench|e2e|test|scripts)/' },
    },
    {
      name: 'contracts-import-only-zod',
      comment: 'The published language is shared by server and browser and belongs to neither.',
      severity: 'error',
      from: { path: '^contracts/', pathNot: tests },
      to: { pathNot: ['^contracts/', inNodeModules(['zod'])] },
    },
    {
      name: 'web-imports-only-contracts',
      comment: 'The browser knows the server by the published language alone.',
      severity: 'error',
      from: { path: '^web/src/', pathNot: tests },
      to: { pathNot: ['^web/src/', '^contracts/', inNodeModules(webLibraries)] },
    },
    {
      name: 'product-never-imports-sandbox',
      comment: 'The product must not know whether it speaks to the sandbox or to the real world.',
      severity: 'error',
      from: { path: '^(src|contracts|web)/', pathNot: tests },
      to: { path: '^sandbox/' },
    },
    {
      name: 'sandbox-never-imports-product',
      comment: 'A sandbox that shares code with the product shares its mistakes, and can not catch them.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(src|contracts|web)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file, or miss a third.',
      severity: 'error',
      from: { pathNot: tests },
      to: { circular: true },
    },
    {
      name: 'no-unresolved-imports',
      comment: 'What can not be found can not be judged by the other rules either.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'production-needs-no-development-package',
      comment: 'The server must start from an install without development packages.',
      severity: 'error',
      from: { path: '^(src|contracts|sandbox)/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    ...packageHomes.map(({ name, packages, homes }) => ({
      name,
      comment: `${packages.join(' and ')}: only in ${homes.join(' and ')}.`,
      severity: 'error',
      from: {
        path: '^(src|contracts|sandbox|web)/',
        pathNot: [tests, ...homes.map((home) => `^${home}/`)],
      },
      to: { path: inNodeModules(packages) },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
