// Names the tests that failed, with how each did, then prints the closing line of a run, `N passed, N failed`, from
// vitest's JSON report and the counts of other checks. Fails where anything did, or where the tests left no report.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [file, checksPassed = '0', checksFailed = '0'] = process.argv.slice(2);
const report = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { numPassedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
/** Lines of a failure that are shown: enough for an assertion, or a property's seed and counterexample. */
const SHOWN_LINES = 30;

let failures = Number(checksFailed);
for (const { name, status, message, assertionResults } of report.testResults) {
  const from = relative('.', name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  for (const { fullName, failureMessages } of failed) fail(`${from}: ${fullName}`, failureMessages);
  // A file that does not load, or whose hooks fail, has no test that does.
  if (status === 'failed' && failed.length === 0) fail(from, [message]);
}
if (report.testResults.length === 0) fail('the tests left no report', []);

const skipped = report.numPendingTests + report.numTodoTests;
const passed = report.numPassedTests + Number(checksPassed);
console.log(`${passed} passed, ${failures} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exitCode = failures === 0 ? 0 : 1;

function fail(what, messages) {
  failures++;
  console.log(`failed: ${what}`);
  const lines = messages.flatMap((message) => message.split('\n'));
  for (const line of lines.slice(0, SHOWN_LINES)) console.log(`  ${line}`);
}
