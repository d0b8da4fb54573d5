import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LayoutClaim,
  LayoutError,
  maps,
  named,
  noWritableAlias,
  parseLayout,
} from '../../src/claims/index.ts';
import { errorsBy } from '../support/schemas.ts';
import { LAYOUT_EXAMPLES, R } from './layout-examples.ts';

const validate = (value: unknown): boolean => errorsBy('urn:x86-paging:layout:1', value) === undefined;

function parse(value: unknown): LayoutClaim[] | LayoutError {
  try {
    return parseLayout(JSON.stringify(value));
  } catch (error) {
    if (error instanceof LayoutError) return error;
    throw error;
  }
}

describe('parseLayout', () => {
  it.each(LAYOUT_EXAMPLES)('reads %o, which its schema accepts', (claim) => {
    expect(validate({ claims: [claim] })).toBe(true);
    expect(parse({ claims: [claim] })).toEqual([expect.objectContaining({ kind: expect.any(String) })]);
  });

  it('gives what the vocabulary gives', () => {
    const frames = { frames: 'tables', except: [R] };
    expect(parse({ claims: [LAYOUT_EXAMPLES[0], { noWritableAlias: frames }] })).toEqual([
      named('kernel', maps([0xc000_0000, 0xc040_0000], 0, { writable: true, user: false }), {
        what: 'kernel',
      }),
      noWritableAlias('tables', { except: [[0xc000_0000, 0xc040_0000]] }),
    ]);
  });

  it('gives large addresses as bigints', () => {
    const [claim] = parse({ claims: [LAYOUT_EXAMPLES[3]] }) as LayoutClaim[];
    expect(claim).toMatchObject({ ranges: [[0xffff_8000_0000_0000n, 0xffff_8000_0040_0000n]] });
  });

  it.each([
    [
      '{ "claims": [\n  { "unmaped": [0, 4096] } ] }',
      2,
      16,
      'there is no claim "unmaped"; there are maps, identity',
    ],
    ['{\n "claims": [\n  {"unmapped": [0, 4097]}]}', 3, 16, '0x1001 of a range is not a multiple of 4096'],
    ['{"claims": [{"maps": {"range": [0, 4096]}}]}', 1, 22, 'maps lacks the field "to"'],
    [
      '{"claims": [{"maps": {"range": [0, 4096], "to": 0, "right": {}}}]}',
      1,
      61,
      'maps has no field "right"',
    ],
    ['{"claims": [{"closedTo": "kernel"}]}', 1, 26, "'kernel' is neither 'user' nor 'supervisor'"],
    ['{"claims": [{"unmapped": ["0xg", 4096]}]}', 1, 27, 'the start is a number, or a string'],
    ['{"claims": [{"closedTo": "user", "wxExclusive": true}]}', 1, 49, 'are two claims'],
    ['{"claims": [{"name": "x"}]}', 1, 13, 'a claim has one of the keys'],
    [
      '{"claims": [{"grants": {"range": [0, 4096], "accesses": ["reed"]}}]}',
      1,
      58,
      'an access is one of read, write',
    ],
    ['{"claims": [],\n "claims": []}', 2, 2, 'the key "claims" is given twice'],
    ['{"claims": [\n', 2, 1, 'a value is expected'],
    ['{"claims": []} x', 1, 16, 'nothing more is expected'],
    ['{"claims": [{"not": "x', 1, 21, 'the string does not end'],
    ['[]', 1, 1, 'the layout is an object'],
  ])('points to the place of a mistake: %s', (text, line, column, message) => {
    expect(() => parseLayout(text)).toThrow(LayoutError);
    try {
      parseLayout(text);
    } catch (error) {
      const { line: atLine, column: atColumn, message: said } = error as LayoutError;
      expect([atLine, atColumn, said]).toEqual([line, column, expect.stringContaining(message)]);
    }
  });

  it('quotes what is wrong without control characters', () => {
    expect(() => parseLayout('{"\\u001b[31m": 1}')).toThrow(/the layout has no field " \[31m"/);
  });

  it('refuses whatever its schema refuses', () => {
    const seen = { accepted: 0, refused: 0 };
    const junk = fc.constantFrom<unknown>(
      null,
      true,
      -1,
      1.5,
      '',
      'tables',
      [],
      [0, 4096],
      {},
      { range: [0, 4096] },
      { frames: [1] },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...LAYOUT_EXAMPLES),
        fc.nat(9),
        junk,
        fc.boolean(),
        (example, place, value, drop) => {
          const claim = replaced(example, place, drop ? undefined : value);
          const bySchema = validate({ claims: [claim] });
          const result = parse({ claims: [claim] });
          if (!bySchema) expect(result, JSON.stringify(claim)).toBeInstanceOf(LayoutError);
          if (bySchema) seen.accepted++;
          else seen.refused++;
        },
      ),
      { numRuns: 1500 },
    );
    expect(seen.accepted).toBeGreaterThan(50);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it('reads the layout of docs/claims.md', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../docs/claims.md'), 'utf8');
    const [, json] = /```json\n(.*?)```/s.exec(text)!;
    expect(parseLayout(json!).map(({ kind }) => kind)).toEqual([
      'maps',
      'readOnly',
      'noWritableAlias',
      'closedTo',
      'unmapped',
    ]);
  });

  it('is not brought down by deep nesting', () => {
    expect(() => parseLayout('['.repeat(100_000))).toThrow(/nested more than 64 deep/);
  });
});

/** A copy of a JSON value in which the n-th value is another, or left out. */
function replaced(value: unknown, place: number, by: unknown): unknown {
  let left = place;
  const visit = (item: unknown): unknown => {
    if (left-- === 0) return by;
    if (Array.isArray(item)) return item.map(visit);
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, visit(inner)]));
  };
  return JSON.parse(JSON.stringify(visit(value) ?? null)) as unknown;
}
