import { createRequire } from 'node:module';
import { Ajv } from 'ajv';

/** The schema of SARIF 2.1.0. It is of draft 4, whose words for itself ajv does not know. */
const {
  id: _,
  $schema: __,
  ...schema
} = createRequire(import.meta.url)('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as Record<
  string,
  unknown
>;
const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
const validate = ajv.compile(schema);

/** What is wrong with a log by the schema of SARIF 2.1.0; undefined: nothing. */
export function sarifErrors(log: unknown): string | undefined {
  return validate(log) ? undefined : ajv.errorsText(validate.errors);
}
