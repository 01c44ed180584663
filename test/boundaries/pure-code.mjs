/**
 * What the domain and the application may not do although it needs no import: look at the clock, throw dice, set timers,
 * reach for the process, or depend on the time zone and language of the machine. Time, ids and chance come to them in
 * the command; otherwise the same events would not give the same answer again. And nobody there may call something an
 * admission that the risk engine has not admitted.
 */
import ts from 'typescript';

const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'];
const surroundings = ['process', 'globalThis', 'console', 'fetch', 'require', 'window', 'self', 'global'];

const localParts = ['Day', 'Date', 'Month', 'FullYear', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];
const localMethods = new Set([
  ...localParts.flatMap((part) => [`get${part}`, `set${part}`]),
  'getTimezoneOffset',
  'toDateString',
  'toTimeString',
]);
/** The methods that take the language, and where in the list of arguments. */
const localeArgument = new Map([
  ['toLocaleString', 0],
  ['toLocaleDateString', 0],
  ['toLocaleTimeString', 0],
  ['toLocaleUpperCase', 0],
  ['toLocaleLowerCase', 0],
  ['localeCompare', 1],
]);

const isNamed = (node, ...names) => ts.isIdentifier(node) && names.includes(node.text);

/** Does the node read this member of this global, as `Date.now` or as `Date['now']`? */
function readsMember(node, object, member) {
  if (ts.isPropertyAccessExpression(node)) return isNamed(node.expression, object) && node.name.text === member;
  if (!ts.isElementAccessExpression(node) || !isNamed(node.expression, object)) return false;
  return !ts.isStringLiteralLike(node.argumentExpression) || node.argumentExpression.text === member;
}

/** Is the identifier a use of a global, and not a member, a key, a declaration or a type of that name? */
function isGlobalUse(node, declared) {
  if (!ts.isIdentifier(node) || declared.has(node.text)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  const isKey = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent);
  return !(isKey && parent.name === node) && !ts.isTypeNode(parent) && !ts.isQualifiedName(parent);
}

/** Names that the file itself declares or imports: those are no globals. */
function declaredNames(source) {
  const names = new Set();
  const visit = (node) => {
    if ('name' in node && node.name !== undefined && ts.isIdentifier(node.name) && isDeclaration(node)) {
      names.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

const isDeclaration = (node) =>
  ts.isVariableDeclaration(node) ||
  ts.isParameter(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isImportSpecifier(node) ||
  ts.isImportClause(node) ||
  ts.isNamespaceImport(node) ||
  ts.isBindingElement(node);

const isCreated = (node, ...names) => ts.isNewExpression(node) && isNamed(node.expression, ...names);
const argumentsOf = (node) => node.arguments ?? [];

function readsClock(node, declared) {
  if (isCreated(node, 'Date') && argumentsOf(node).length === 0) return true;
  if (ts.isCallExpression(node) && isNamed(node.expression, 'Date')) return true;
  if (readsMember(node, 'Date', 'now') || readsMember(node, 'Temporal', 'Now')) return true;
  return isNamed(node, 'performance') && isGlobalUse(node, declared);
}

function dependsOnTimeZone(node) {
  if (isCreated(node, 'Date') && argumentsOf(node).length > 1) return true;
  return ts.isPropertyAccessExpression(node) && localMethods.has(node.name.text);
}

function isIntl(node) {
  const isMade = ts.isNewExpression(node) || ts.isCallExpression(node);
  return isMade && ts.isPropertyAccessExpression(node.expression) && isNamed(node.expression.expression, 'Intl');
}

function dependsOnLanguage(node) {
  if (isIntl(node)) {
    const [locale, options] = argumentsOf(node);
    const isDated = node.expression.name.text === 'DateTimeFormat';
    return (
      locale === undefined || isNamed(locale, 'undefined') || (isDated && !/timeZone/.test(options?.getText() ?? ''))
    );
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const position = localeArgument.get(node.expression.name.text);
  return position !== undefined && argumentsOf(node).length <= position;
}

/** The one place that makes admissions, and the types that stand for them. */
const admissions = { home: 'src/domain/risk-policy/admission.ts', types: ['Admission', 'ReplacementAdmission'] };

/** `x as Admission`: the brand keeps everything else out, and only a cast gets around it. */
function forgesAdmission(node) {
  if (node.getSourceFile().fileName.endsWith(admissions.home)) return false;
  if (!ts.isAsExpression(node) && !ts.isTypeAssertionExpression(node)) return false;
  return ts.isTypeReferenceNode(node.type) && isNamed(node.type.typeName, ...admissions.types);
}

/** Each rule: its name, why it is there, and whether a node of the syntax tree breaks it. */
export const pureRules = [
  { name: 'no-clock', why: 'the time comes in the command', breaks: readsClock },
  {
    name: 'no-chance',
    why: 'ids and chance come in the command',
    breaks: (node, declared) =>
      readsMember(node, 'Math', 'random') || (isNamed(node, 'crypto') && isGlobalUse(node, declared)),
  },
  {
    name: 'no-timers',
    why: 'waiting is for adapters',
    breaks: (node, declared) => isNamed(node, ...timers) && isGlobalUse(node, declared),
  },
  {
    name: 'no-surroundings',
    why: 'settings come as arguments, effects go through ports',
    breaks: (node, declared) => isNamed(node, ...surroundings) && isGlobalUse(node, declared),
  },
  { name: 'no-local-time-zone', why: 'the answer must not depend on the machine', breaks: dependsOnTimeZone },
  { name: 'no-default-language', why: 'the answer must not depend on the machine', breaks: dependsOnLanguage },
  { name: 'no-forged-admission', why: 'only the risk engine admits', breaks: forgesAdmission },
];

/** The violations in one file: `{ rule, line }`, lines counted from 1. */
export function impurities(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  const declared = declaredNames(source);
  const found = [];
  const visit = (node) => {
    for (const rule of pureRules) {
      if (rule.breaks(node, declared)) {
        found.push({ rule: rule.name, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
