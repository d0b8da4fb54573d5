/** Terms as SMT-LIB 2 text, in the logic of bit vectors and arrays. */

import { type Term, WIDTH, WORD_INDEX_BITS } from './term.ts';

const INT = `(_ BitVec ${WIDTH})`;
const SORTS = { int: INT, bool: 'Bool' } as const;

/**
 * A script that asks whether all the terms can hold at once.
 * @param also - Terms that are only given a name, so that a model can be asked for their values.
 */
export function satisfiabilityScript(terms: readonly Term[], also: readonly Term[]): string {
  const lines: string[] = [];
  const ranges: string[] = [];
  const declared = new Set<string>();
  for (const term of subterms([...terms, ...also])) {
    if (term.op === 'const') continue;
    if (term.op === 'variable') {
      if (declared.has(term.name!)) throw new Error(`two unknowns of one question are named ${term.name}`);
      declared.add(term.name!);
      if (term.sort === 'memory') {
        lines.push(`(declare-fun ${term.name} ((_ BitVec ${WORD_INDEX_BITS})) (_ BitVec 32))`);
        continue;
      }
      lines.push(`(declare-const ${term.name} ${SORTS[term.sort]})`);
      if (term.sort === 'int') {
        ranges.push(`(bvsle ${constant(term.lo)} ${term.name})`, `(bvsle ${term.name} ${constant(term.hi)})`);
        if (term.zeros !== 0n)
          ranges.push(
            `(= (bvand ${term.name} ${constant(BigInt.asIntN(WIDTH, term.zeros))}) ${constant(0n)})`,
          );
      }
    } else if (term.sort !== 'memory') {
      lines.push(`(define-fun t${term.id} () ${SORTS[term.sort]} ${body(term)})`);
    }
  }
  for (const range of ranges) lines.push(`(assert ${range})`);
  for (const term of terms) lines.push(`(assert ${name(term)})`);
  also.forEach((term, i) => {
    if (term.sort === 'memory') throw new Error('a memory has no single value');
    lines.push(`(declare-const ${asked(i)} ${SORTS[term.sort]})`, `(assert (= ${asked(i)} ${name(term)}))`);
  });
  return `${lines.join('\n')}\n`;
}

/** The variable that holds the value of the i-th term that was only named. */
export function asked(i: number): string {
  return `asked_${i}`;
}

/** All terms that occur in the given ones, each after its own parts. */
export function subterms(roots: readonly Term[]): Term[] {
  const seen = new Set<Term>();
  const order: Term[] = [];
  // Graphs are deep: a stack of our own rather than recursion.
  for (const root of roots) {
    const stack: { term: Term; next: number }[] = [{ term: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (seen.has(top.term)) {
        stack.pop();
      } else if (top.next < top.term.args.length) {
        stack.push({ term: top.term.args[top.next++]!, next: 0 });
      } else {
        seen.add(top.term);
        order.push(top.term);
        stack.pop();
      }
    }
  }
  return order;
}

/** A term by its name in the script. */
export function name(term: Term): string {
  if (term.op === 'variable') return term.name!;
  if (term.op !== 'const') return `t${term.id}`;
  return term.sort === 'bool' ? String(term.value === 1n) : constant(term.value!);
}

function constant(value: bigint): string {
  return `#x${BigInt.asUintN(WIDTH, value)
    .toString(16)
    .padStart(WIDTH / 4, '0')}`;
}

const SAME: Readonly<Record<string, string>> = {
  not: 'not',
  ite: 'ite',
  add: 'bvadd',
  neg: 'bvneg',
  mul: 'bvmul',
  bitnot: 'bvnot',
  shl: 'bvshl',
  shr: 'bvashr',
  less: 'bvslt',
  eq: '=',
};

function body(term: Term): string {
  const args = term.args.map(name);
  const bits = Number(term.args[1]?.value ?? 0n);
  switch (term.op) {
    case 'and':
    case 'or':
    case 'xor':
      return `(${term.sort === 'int' ? 'bv' : ''}${term.op} ${args.join(' ')})`;
    case 'unsigned':
      return `((_ zero_extend ${WIDTH - bits}) ((_ extract ${bits - 1} 0) ${args[0]}))`;
    case 'signed':
      return `((_ sign_extend ${WIDTH - bits}) ((_ extract ${bits - 1} 0) ${args[0]}))`;
    case 'select':
      return `((_ sign_extend ${WIDTH - 32}) (${args[0]} ${index(args[1]!)}))`;
    default: {
      const op = SAME[term.op];
      if (op === undefined) throw new Error(`no SMT-LIB operator for ${term.op}`);
      return `(${op} ${args.join(' ')})`;
    }
  }
}

function index(word: string): string {
  return `((_ extract ${WORD_INDEX_BITS - 1} 0) ${word})`;
}
