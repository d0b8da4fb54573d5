/** What `verifyDomain` expects of each page: that no page is expected twice. */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import { add, and, int, intVariable, less, not, shiftLeft, type Term } from '../engine/term.ts';
import { type Arr, Num, numberTerm, Obj, type Value } from '../engine/values.ts';
import { NOWHERE } from './state.ts';

const EXPECTED = 'verify/expected.ts';
const GEOMETRY = 'verify/geometry.ts';
const PAGES = 0x10_0000;
/** The first page that is Xen's. */
const XEN_FIRST_PAGE = 0xf_c000;

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

/** The geometry that a profile of 2004 has. Domains that cannot be are refused, so that nothing is expected of them. */
function placed(run: Interpreter, profile: string, pages: Term, load: Term, assumptions: Term[]): Value {
  const thrown = run.throws.length;
  const described = object({ frames: framesOf('domain', pages), loadAddress: new Num(load), profile });
  const geometry = run.call(run.exported(GEOMETRY, 'geometryOf'), [described], undefined, NOWHERE);
  for (const { condition } of run.throws.splice(thrown)) assumptions.push(not(condition));
  return geometry;
}

/** Any geometry whose parts lie in order below Xen: what later profiles come to is left to the tests, but for that. */
function inOrder(assumptions: Term[]): Value {
  const number = (name: string): Term => intVariable(`geometry_${name}`, 0n, BigInt(PAGES));
  const [first, tables, end, mapped] = ['first', 'tables', 'end', 'mapped'].map(number) as [
    Term,
    Term,
    Term,
    Term,
  ];
  const [slot, count] = [number('slot'), number('count')];
  const atMost = (a: Term, b: Term): Term => not(less(b, a));
  assumptions.push(
    atMost(tables, end),
    atMost(end, mapped),
    atMost(add(first, mapped), int(XEN_FIRST_PAGE)),
    atMost(add(slot, count), int(XEN_FIRST_PAGE / 1024)),
  );
  return object({
    frames: framesOf('domain', mapped),
    firstPage: new Num(first),
    firstSlot: new Num(slot),
    firstTable: new Num(tables),
    tablesEnd: new Num(end),
    mappedPages: new Num(mapped),
    tableFrames: framesOf('tables', count),
    directoryFrame: 0,
  });
}

function overlaps(run: Interpreter): Claim {
  const pages = intVariable('domain_pages', 0n, BigInt(PAGES));
  const load = shiftLeft(intVariable('load_page', 0n, BigInt(PAGES - 1)), int(12));
  const image = intVariable('image_pages', 0n, 0x4000n);
  const tables = intVariable('xen_tables', 0n, 3n);
  const never: Record<string, Term> = {};
  const assumptions: Term[] = [];
  for (const profile of ['document', 'xen-1.2', 'any other']) {
    const geometry =
      profile === 'any other' ? inOrder(assumptions) : placed(run, profile, pages, load, assumptions);
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
      'every domain of both profiles of 2004 that can be, with every load address and number of pages, and every other whose parts lie in order below Xen; without Xen, with an image of up to 64 MiB, with directory slots and up to three tables',
    files: [EXPECTED, GEOMETRY],
    build: overlaps,
  },
];
