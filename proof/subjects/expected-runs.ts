/** What `verifyDomain` expects of each page: that no page is expected twice. */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import { add, and, int, intVariable, less, not, shiftLeft, type Term } from '../engine/term.ts';
import { type Arr, Num, numberTerm, Obj, type Value } from '../engine/values.ts';
import { NOWHERE } from './state.ts';

const EXPECTED = 'verify/expected.ts';
const GEOMETRY = 'verify/geometry.ts';
const PAGES = 0x10_0000;

/** A list of frames, of which only the length is of interest here. */
function framesOf(name: string, length: Term): Value {
  return {
    foreign: name,
    get: (key) => new Num(key === 'length' ? length : intVariable(`${name}_frame`, 0n, BigInt(PAGES - 1))),
  };
}

function object(fields: Readonly<Record<string, Value>>): Obj {
  const made = new Obj();
  for (const [name, value] of Object.entries(fields)) made.fields.set(name, value);
  return made;
}

function overlaps(run: Interpreter): Claim {
  const pages = intVariable('domain_pages', 0n, BigInt(PAGES));
  const load = shiftLeft(intVariable('load_page', 0n, BigInt(PAGES - 1)), int(12));
  const image = intVariable('image_pages', 0n, 0x4000n);
  const tables = intVariable('xen_tables', 0n, 3n);
  const never: Record<string, Term> = {};
  const assumptions: Term[] = [];
  for (const profile of ['document', 'xen-1.2']) {
    const thrown = run.throws.length;
    const geometryOf = run.exported(GEOMETRY, 'geometryOf');
    const args = [framesOf('domain', pages), new Num(load), profile];
    const geometry = run.call(geometryOf, args, undefined, NOWHERE);
    // Domains that cannot be are refused, so that nothing is expected of them.
    for (const { condition } of run.throws.splice(thrown)) assumptions.push(not(condition));
    const xens = [
      { kind: 'none' },
      { kind: 'image', frames: framesOf('image', image) },
      { kind: 'slots', tables: framesOf('tables', tables) },
    ];
    for (const xen of xens) {
      const space = run.call(
        run.exported(EXPECTED, 'expectedSpace'),
        [geometry, object(xen)],
        undefined,
        NOWHERE,
      );
      const { items } = run.get(space, 'runs', NOWHERE) as Arr;
      const runs = items.map(({ value }) => {
        const number = (name: string): Term => numberTerm(run.get(value, name, NOWHERE))!;
        return {
          first: number('firstPage'),
          count: number('pageCount'),
          what: String(run.get(value, 'what', NOWHERE)),
        };
      });
      const page = intVariable('page', 0n, BigInt(PAGES));
      const holds = ({ first, count }: (typeof runs)[number]): Term =>
        and(not(less(page, first)), less(page, add(first, count)));
      for (const [i, a] of runs.entries()) {
        const name = `${profile}, Xen as ${xen.kind}: ${a.what}`;
        never[`${name} has fewer than no pages`] = less(a.count, int(0));
        never[`${name} goes on behind the last page`] = less(int(PAGES), add(a.first, a.count));
        for (const b of runs.slice(i + 1))
          never[`${name}, and ${b.what}, share a page`] = and(holds(a), holds(b));
      }
    }
  }
  return { assumptions, never };
}

export const expectedTheorems: readonly Theorem[] = [
  {
    id: 'verify/expected',
    mode: 'any',
    sentence:
      'Of what verifyDomain expects of the pages of a domain, no two rules speak of the same page, and none of a page beyond the last.',
    domain:
      'every domain that can be: both profiles, every load address and number of pages; without Xen, with an image of up to 64 MiB, with directory slots and up to three tables',
    files: [EXPECTED, GEOMETRY],
    build: overlaps,
  },
];
