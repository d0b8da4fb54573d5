// Prints the closing line of a run, `N passed, N failed`, from vitest's JSON report and the counts of other checks.
// Fails where anything did, or where the tests left no report.
import { existsSync, readFileSync } from 'node:fs';

const [file, checksPassed = '0', checksFailed = '0'] = process.argv.slice(2);
const report = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] };
const skipped = report.numPendingTests + report.numTodoTests;
// A file that does not even load has no tests to fail.
const failedFiles = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const passed = report.numPassedTests + Number(checksPassed);
const failed = report.numFailedTests + failedFiles.length + Number(checksFailed);
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
