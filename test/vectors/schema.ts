/** The part of JSON Schema that vectors/schema.json uses. */

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** @returns what is wrong, by path; empty if the value matches. */
export function matches(root: object, value: unknown): string[] {
  const wrong: string[] = [];
  check(root as Schema, root as Schema, value, '', wrong);
  return wrong;
}

function check(root: Schema, schema: Schema, value: unknown, path: string, wrong: string[]): void {
  const say = (what: string) => wrong.push(`${path || 'the whole'}: ${what}`);
  const inside = (part: string | number) => (path === '' ? `${part}` : `${path}.${part}`);
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/$defs/', '');
    const found = root.$defs?.[name];
    if (found === undefined) throw new Error(`the schema has no ${schema.$ref}`);
    check(root, found, value, path, wrong);
    return;
  }
  if (schema.type !== undefined && !isOfType(schema.type, value)) {
    say(`not of type ${schema.type}`);
    return;
  }
  if (schema.const !== undefined && value !== schema.const) say(`not ${schema.const}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) say(`not one of ${schema.enum.join(', ')}`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(`${value}`)) say('not of its pattern');
  if (schema.minimum !== undefined && Number(value) < schema.minimum) say('too small');
  if (schema.maximum !== undefined && Number(value) > schema.maximum) say('too large');
  if (schema.anyOf?.every((one) => matches({ ...root, ...one }, value).length > 0)) say('none of its forms');
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity))
      say('its length');
    const { items } = schema;
    if (items) for (const [i, item] of value.entries()) check(root, items, item, inside(i), wrong);
  } else if (typeof value === 'object' && value !== null) {
    for (const name of schema.required ?? []) if (!(name in value)) say(`without ${name}`);
    for (const [name, member] of Object.entries(value)) {
      if (schema.propertyNames) check(root, schema.propertyNames, name, inside(name), wrong);
      const known = schema.properties?.[name] ?? schema.additionalProperties ?? true;
      if (known === false) wrong.push(`${inside(name)}: unknown`);
      else if (known !== true) check(root, known, member, inside(name), wrong);
    }
  }
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
