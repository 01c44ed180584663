/**
 * Prints `N passed, N failed` from vitest's JSON report and exits 1 when anything failed:
 * `node scripts/test-count.mjs <report> <exit code of the check>`.
 *
 * A test file that could not be loaded has no tests and counts as one failure, and so does a check that failed without
 * any failed test (a red step before the tests, a fault after them).
 */
import { readFileSync } from 'node:fs';

const [reportFile, exitCode] = process.argv.slice(2);
const text = readFileSync(reportFile, 'utf8');
const report = text === '' ? { numPassedTests: 0, numFailedTests: 0, testResults: [] } : JSON.parse(text);

const unloadable = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
const failedTests = report.numFailedTests + unloadable.length;
const failed = failedTests === 0 && exitCode !== '0' ? 1 : failedTests;

process.stdout.write(`${report.numPassedTests} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
