// Prints the closing line of a test run, `N passed, N failed`, from vitest's JSON report.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const skipped = report.numPendingTests + report.numTodoTests;
const failedSuites = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
console.log(
  `${report.numPassedTests} passed, ${report.numFailedTests + failedSuites.length} failed${skipped ? `, ${skipped} skipped` : ''}`,
);
