/** The schemas that the package ships, and a validator of all of them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

const FOLDER = resolve(import.meta.dirname, '../../schemas');

interface Schema {
  readonly $id: string;
  readonly title?: string;
  readonly description?: string;
}

/** By file name. */
export const SCHEMAS: ReadonlyMap<string, Schema> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [file, JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Schema]),
);

// `oneOf` of required fields is how a claim's schema says that it has one key.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: false });
for (const schema of SCHEMAS.values()) ajv.addSchema(schema);

/** What is wrong with a value, by the schema that it names; undefined: nothing. */
export function schemaErrors(value: unknown): string | undefined {
  const name = (value as { schema?: unknown }).schema;
  const [, kind, version] = /^x86-paging\/([a-z-]+)\/(\d+)$/.exec(String(name)) ?? [];
  if (kind === undefined) return `the value names no schema: ${JSON.stringify(value).slice(0, 100)}`;
  const validate = ajv.getSchema(`urn:x86-paging:${kind}:${version}`);
  if (validate === undefined) return `there is no schema of ${String(name)}`;
  return validate(value) ? undefined : `${String(name)}: ${ajv.errorsText(validate.errors)}`;
}

/** What is wrong with a value by a schema that it does not name itself; undefined: nothing. */
export function errorsBy(id: string, value: unknown): string | undefined {
  const validate = ajv.getSchema(id);
  if (validate === undefined) return `there is no schema ${id}`;
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}
