/** Typed arrays of which nothing is known but their length: what a TLB holds at the time of a question. */

import { Unsupported } from '../engine/operators.ts';
import {
  add,
  and,
  bitAnd,
  constantMemory,
  FALSE,
  int,
  ite,
  less,
  memoryVariable,
  not,
  select,
  shiftLeft,
  shiftRight,
  signed,
  store,
  type Term,
  unsigned,
} from '../engine/term.ts';
import { choose, type Foreign, fromNumberTerm, numberTerm, type Value } from '../engine/values.ts';

/** An `Int32Array`, or a `Uint8Array` if its elements are cut to 8 bits. */
export class UnknownWords {
  /** The elements now. */
  contents: Term;
  readonly before: Term;
  readonly length: number;

  constructor(name: string, length: number) {
    this.before = memoryVariable(name);
    this.contents = this.before;
    this.length = length;
  }

  at(index: Term): Term {
    return select(this.contents, index);
  }

  put(index: Term, value: Term, guard: Term): void {
    if (guard === FALSE) return;
    this.contents = ite(guard, store(this.contents, index, signed(32, value)), this.contents);
  }

  /** What the code sees. @param active - The condition under which what runs now is reached. */
  asValue(active: () => Term): Foreign {
    return {
      foreign: 'Int32Array',
      get: (key) => {
        if (key === 'length') return this.length;
        if (key === 'fill') return this.#fill(active);
        return within(termOf(key), this.length, (index) => fromNumberTerm(this.at(index)));
      },
      set: (key, value, guard) => this.put(this.#index(key), termOf(value), guard),
    };
  }

  #fill(active: () => Term): Foreign {
    return {
      foreign: 'fill',
      call: ([value]) => {
        this.contents = ite(active(), constantMemory(signed(32, termOf(value))), this.contents);
        return undefined;
      },
    };
  }

  #index(key: Value): Term {
    const index = termOf(key);
    if (index.lo < 0n || index.hi >= BigInt(this.length)) {
      throw new Unsupported(undefined, `item ${index.lo} to ${index.hi} of ${this.length}`);
    }
    return index;
  }
}

/** A `Float64Array` whose elements are whole numbers from 0 up: addresses, numbers of fills. */
export class UnknownNumbers {
  readonly low: UnknownWords;
  readonly high: UnknownWords;
  readonly #bits: number;

  /** @param bits - Of an element. Those of 64 bits are multiples of 4096, so that a double holds them. */
  constructor(name: string, length: number, bits: 52 | 64 = 52) {
    this.#bits = bits;
    this.low = new UnknownWords(`${name}_low`, length);
    this.high = new UnknownWords(`${name}_high`, length);
  }

  at(index: Term): Term {
    const high = unsigned(this.#bits - 32, this.high.at(index));
    const low = this.#bits === 64 ? bitAnd(this.low.at(index), int(-4096)) : this.low.at(index);
    return add(shiftLeft(high, int(32)), unsigned(32, low));
  }

  asValue(active: () => Term): Foreign {
    const [low, high] = [this.low.asValue(active), this.high.asValue(active)];
    return {
      foreign: 'Float64Array',
      get: (key) => {
        if (key === 'length') return this.low.length;
        if (key === 'fill') {
          return {
            foreign: 'fill',
            call: ([value]) => {
              for (const half of [low, high]) (half.get!('fill') as Foreign).call!([value]);
              return undefined;
            },
          };
        }
        return within(termOf(key), this.low.length, (index) => fromNumberTerm(this.at(index)));
      },
      set: (key, value, guard) => {
        const term = termOf(value);
        low.set!(key, fromNumberTerm(signed(32, term)), guard);
        high.set!(key, fromNumberTerm(signed(32, shiftRight(term, int(32)))), guard);
      },
    };
  }
}

/** An item by its index; undefined where there is none, which nobody may then use. */
function within(index: Term, length: number, read: (index: Term) => Value): Value {
  if (index.lo >= 0n && index.hi < BigInt(length)) return read(index);
  const inside = and(not(less(index, int(0))), less(index, int(length)));
  return choose([
    { guard: inside, value: read(index) },
    { guard: not(inside), value: undefined },
  ]);
}

function termOf(value: Value): Term {
  const term = numberTerm(value);
  if (term === undefined) throw new Unsupported(undefined, 'an array item or index that is no number');
  return term;
}
