/** What the proven code uses of the language's library, and no more. */

import type ts from 'typescript';
import { int32, Unsupported } from './operators.ts';
import type { Run } from './run.ts';
import {
  add,
  and,
  FALSE,
  int,
  ite,
  less,
  not,
  or,
  shiftRight,
  signed,
  type Term,
  TRUE,
  unsigned,
} from './term.ts';
import {
  Arr,
  Big,
  bigintTerm,
  choose,
  type Elements,
  type Foreign,
  fromBigintTerm,
  fromNumberTerm,
  fromTruthTerm,
  isForeign,
  merge,
  numberTerm,
  Obj,
  Quotient,
  same,
  truthTerm,
  type Value,
} from './values.ts';

function native(
  name: string,
  call: (args: readonly Value[]) => Value,
  members?: Record<string, Value>,
): Foreign {
  return { foreign: name, call, get: (key) => member(name, members ?? {}, key) };
}

function member(name: string, members: Record<string, Value>, key: Value): Value {
  if (typeof key === 'string' && Object.hasOwn(members, key)) return members[key];
  throw new Unsupported(undefined, `${name}.${String(key)}`);
}

function known<T extends Value>(value: Value, what: string): T {
  if (value !== null && typeof value === 'object')
    throw new Unsupported(undefined, `${what} of something unknown`);
  return value as T;
}

function round(value: Value): Value {
  if (value instanceof Quotient) return fromNumberTerm(shiftRight(value.dividend, int(value.shift)));
  return numberTerm(value) === undefined ? Math.floor(known<number>(value, 'Math.floor')) : value;
}

function ceiling(value: Value): Value {
  if (!(value instanceof Quotient)) return Math.ceil(known<number>(value, 'Math.ceil'));
  const { dividend, shift } = value;
  return fromNumberTerm(shiftRight(add(dividend, int(2 ** shift - 1)), int(shift)));
}

function extreme(
  pick: (a: Term, b: Term) => Term,
  plain: (...values: number[]) => number,
): (args: readonly Value[]) => Value {
  return (args) => {
    const terms = args.map(numberTerm);
    if (terms.some((term) => term === undefined))
      return plain(...args.map((arg) => known<number>(arg, 'Math')));
    return fromNumberTerm((terms as Term[]).reduce(pick));
  };
}

function asBits(bits: (width: number, term: Term) => Term, plain: (width: number, value: bigint) => bigint) {
  return ([width, value]: readonly Value[]): Value => {
    const count = known<number>(width, 'a width');
    if (typeof value === 'bigint') return plain(count, value);
    const term = bigintTerm(value);
    if (term === undefined) throw new Unsupported(undefined, 'the bits of what is no bigint');
    return fromBigintTerm(bits(count, term));
  };
}

function typedArray(elements: Elements): Foreign {
  return native(elements, () => undefined, {
    from: native(`${elements}.from`, ([source]) => listOf(source)),
  });
}

/** A list made to a length that may be unknown: of its items nothing is known, and reading one is an error. */
function listOf(source: Value): Foreign {
  const length = source instanceof Obj ? source.fields.get('length') : undefined;
  if (length === undefined) throw new Unsupported(undefined, 'a list from this');
  return { foreign: 'a list of unknown items', get: (key) => member('a list', { length }, key) };
}

const math: Foreign = {
  foreign: 'Math',
  get: (key) =>
    member(
      'Math',
      {
        floor: native('Math.floor', ([value]) => round(value)),
        trunc: native('Math.trunc', ([value]) => round(value)),
        min: native(
          'Math.min',
          extreme((a, b) => ite(less(a, b), a, b), Math.min),
        ),
        max: native(
          'Math.max',
          extreme((a, b) => ite(less(a, b), b, a), Math.max),
        ),
        log2: native('Math.log2', ([value]) => Math.log2(known<number>(value, 'Math.log2'))),
        ceil: native('Math.ceil', ([value]) => ceiling(value)),
      },
      key,
    ),
};

const number = native(
  'Number',
  ([value]) => {
    if (value instanceof Big) return fromNumberTerm(value.term); // its size is checked where it is used
    return typeof value === 'bigint' || typeof value === 'string' ? Number(value) : value;
  },
  {
    MAX_SAFE_INTEGER: Number.MAX_SAFE_INTEGER,
    // Every number that the engine holds is one: it refuses what could leave the range.
    isSafeInteger: native('Number.isSafeInteger', ([value]) => numberTerm(value) !== undefined),
    isInteger: native('Number.isInteger', ([value]) => numberTerm(value) !== undefined),
  },
);

const bigint = native(
  'BigInt',
  ([value]) => {
    if (typeof value === 'bigint' || value instanceof Big) return value;
    const term = numberTerm(value);
    if (term === undefined) throw new Unsupported(undefined, 'BigInt of this');
    return fromBigintTerm(term);
  },
  {
    asUintN: native('BigInt.asUintN', asBits(unsigned, BigInt.asUintN)),
    asIntN: native('BigInt.asIntN', asBits(signed, BigInt.asIntN)),
  },
);

const object: Foreign = {
  foreign: 'Object',
  get: (key) =>
    member(
      'Object',
      {
        freeze: native('Object.freeze', ([value]) => value),
        // What is known when a run starts never changes, so nothing more is to be frozen.
        isFrozen: native('Object.isFrozen', () => true),
        values: native('Object.values', ([value]) => list([...(value as Obj).fields.values()])),
        keys: native('Object.keys', ([value]) => list([...(value as Obj).fields.keys()])),
        entries: native('Object.entries', ([value]) =>
          list([...(value as Obj).fields].map((pair) => list(pair))),
        ),
        fromEntries: native('Object.fromEntries', ([value]) => {
          const made = new Obj();
          for (const { value: pair } of (value as Arr).items) {
            const [name, field] = (pair as Arr).items;
            made.fields.set(String(name!.value), field!.value);
          }
          return made;
        }),
      },
      key,
    ),
};

export const GLOBALS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['Math', math],
  ['Number', number],
  ['BigInt', bigint],
  ['Object', object],
  ['Boolean', native('Boolean', ([value]) => fromTruthTerm(truthTerm(value) ?? (value ? TRUE : FALSE)))],
  ...(['Int32Array', 'Uint32Array', 'Uint8Array', 'Float64Array', 'Array'] as const).map(
    (elements): [string, Value] => [elements, typedArray(elements)],
  ),
  ...[
    'BigInt64Array',
    'BigUint64Array',
    'Error',
    'RangeError',
    'TypeError',
    'Set',
    'Map',
    'WeakMap',
    'WeakSet',
  ].map((name): [string, Value] => [name, native(name, () => undefined)]),
]);

export function list(values: readonly Value[]): Arr {
  return new Arr(values.map((value) => ({ guard: TRUE, value })));
}

/** The eight bytes of a `BigInt64Array(1)`, which another view cuts into halves. */
class EightBytes {
  readonly foreign = 'a buffer of eight bytes';
  value: Value = 0n;

  /** The array of one bigint. */
  asBigints(): Foreign {
    return {
      foreign: 'BigInt64Array',
      get: (key) => {
        if (key !== 'buffer') throw new Unsupported(undefined, `BigInt64Array: ${String(key)}`);
        return this;
      },
      set: (key, value, guard) => {
        if (key !== 0 || bigintTerm(value) === undefined)
          throw new Unsupported(undefined, 'a write to BigInt64Array but of one bigint to its first item');
        this.value = merge(guard, value, this.value);
      },
    };
  }

  /** The array of two int32: of any integer its 64 low bits are stored, so that more need not be cut. */
  asHalves(): Foreign {
    return {
      foreign: 'Int32Array',
      get: (key) => {
        if (key !== 0 && key !== 1) throw new Unsupported(undefined, `a view of eight bytes: ${String(key)}`);
        return fromNumberTerm(signed(32, shiftRight(bigintTerm(this.value)!, int(32 * key))));
      },
    };
  }
}

const COLLECTIONS: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);

/** `new` of something of the library: a typed array by its length or its items. */
export function constructForeign(klass: Value, args: readonly Value[], node: ts.Node): Value {
  if (!isForeign(klass)) throw new Unsupported(node, 'new of this');
  // A collection that no proven path uses: it may be made, and any use of it is an error.
  if (COLLECTIONS.has(klass.foreign)) return { foreign: klass.foreign };
  if (klass.foreign === 'BigInt64Array') {
    if (args[0] !== 1) throw new Unsupported(node, 'new BigInt64Array but of one item');
    return new EightBytes().asBigints();
  }
  const elements = klass.foreign as Elements;
  if (!['Int32Array', 'Uint32Array', 'Uint8Array', 'Float64Array'].includes(elements)) {
    throw new Unsupported(node, `new ${elements}`);
  }
  const [from] = args;
  if (from instanceof EightBytes && elements === 'Int32Array') return from.asHalves();
  if (typeof from === 'number') {
    const zero = { guard: TRUE, value: 0 };
    return new Arr(new Array<typeof zero>(from).fill(zero), elements);
  }
  if (from instanceof Arr) return new Arr([...from.items], elements);
  throw new Unsupported(node, `new ${elements} of this`);
}

/** What an array of this kind makes of a value that is stored in it. */
export function toElement(elements: Elements, value: Value, node: ts.Node): Value {
  switch (elements) {
    case 'Int32Array':
      return fromNumberTerm(int32(value, node));
    case 'Uint32Array':
      return fromNumberTerm(unsigned(32, int32(value, node)));
    case 'Uint8Array':
      return fromNumberTerm(unsigned(8, int32(value, node)));
    default:
      return value;
  }
}

/** A method of an array or a string, bound; undefined where it has no such method. */
export function methodOf(run: Run, self: Value, name: string, node: ts.Node): Foreign | undefined {
  if (typeof self === 'string' && name === 'startsWith') {
    return native(name, ([prefix]) => self.startsWith(prefix as string));
  }
  if (!(self instanceof Arr)) return undefined;
  const each = (callee: Value, value: Value, i: number): Value =>
    run.call(callee, [value, i], undefined, node);
  const holds = (callee: Value): Term[] =>
    self.items.map(({ guard, value }, i) =>
      and(
        guard,
        run.under(guard, () => run.truth(each(callee, value, i))),
      ),
    );
  const methods: Record<string, (args: readonly Value[]) => Value> = {
    push: ([value]) => {
      run.push(self, value);
      return undefined;
    },
    at: ([index]) => {
      if (index !== -1) return run.get(self, index, node);
      // The last that is there.
      return choose([
        ...self.items.map(({ guard, value }, i) => ({
          guard: and(guard, ...self.items.slice(i + 1).map((later) => not(later.guard))),
          value,
        })),
        { guard: and(...self.items.map(({ guard }) => not(guard))), value: undefined },
      ]);
    },
    some: ([callee]) => fromTruthTerm(or(...holds(callee))),
    every: ([callee]) =>
      fromTruthTerm(
        and(
          ...self.items.map(({ guard, value }, i) =>
            or(
              not(guard),
              run.under(guard, () => run.truth(each(callee, value, i))),
            ),
          ),
        ),
      ),
    includes: ([wanted]) =>
      fromTruthTerm(or(...self.items.map(({ guard, value }) => and(guard, same(value, wanted))))),
    map: ([callee]) =>
      new Arr(
        self.items.map(({ guard, value }, i) => ({
          guard,
          value: toElement(
            self.elements,
            run.under(guard, () => each(callee, value, i)),
            node,
          ),
        })),
        self.elements,
      ),
    filter: ([callee]) => {
      const kept = holds(callee);
      return new Arr(
        self.items.map(({ value }, i) => ({ guard: kept[i]!, value })).filter(({ guard }) => guard !== FALSE),
      );
    },
    find: ([callee]) => {
      const found = holds(callee);
      return choose([
        ...self.items.map(({ value }, i) => ({
          guard: and(found[i]!, ...found.slice(0, i).map(not)),
          value,
        })),
        { guard: and(...found.map(not)), value: undefined },
      ]);
    },
    reduce: ([callee, initial]) => {
      let value = initial;
      self.items.forEach((item, i) => {
        const next = (): Value => run.call(callee, [value, item.value, i], undefined, node);
        value = merge(item.guard, run.under(item.guard, next), value);
      });
      return value;
    },
    entries: () => new Arr(self.items.map(({ guard, value }, i) => ({ guard, value: list([i, value]) }))),
    findIndex: ([callee]) => {
      const found = holds(callee);
      return choose([
        ...self.items.map((_, at) => ({ guard: and(found[at]!, ...found.slice(0, at).map(not)), value: at })),
        { guard: and(...found.map(not)), value: -1 },
      ]);
    },
    fill: ([value, from, to]) => {
      const [first, end] = [Number(from ?? 0), Number(to ?? self.items.length)];
      for (let i = first; i < end; i++) run.set(self, i, value, node);
      return self;
    },
    set: ([source]) => {
      (source as Arr).items.forEach(({ value }, i) => void run.set(self, i, value, node));
      return undefined;
    },
    slice: ([from, to]) =>
      new Arr(self.items.slice(Number(from ?? 0), to === undefined ? undefined : Number(to)), self.elements),
  };
  const method = methods[name];
  return method === undefined ? undefined : native(name, method);
}
