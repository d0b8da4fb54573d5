/**
 * An assembler for the few hundred bytes of WebAssembly that the inner loops are: functions written as nested calls,
 * whose bytes come out as the specification numbers them. There is no source in another language and no tool to be run
 * before; the module is made when it is first needed.
 *
 * @see The WebAssembly Core Specification, "Binary Format"
 */

/** Where a branch goes: the end of a {@link block}, the start of a {@link loop}. */
export class Label {}

/** Instructions: bytes, in order, nested as deep as one likes, and the places where labels count. */
export type Code = number | readonly Code[] | { readonly open: Label } | { readonly branch: Label };

/** What a local variable, a parameter or a result holds. */
export type ValueType = 'i32' | 'i64' | 'f64' | 'v128';

const TYPE_CODES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b };
const FUNCTION_TYPE = 0x60;
const NO_RESULT = 0x40;
const END = 0x0b;

/** An unsigned number in LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

/** A signed number of 32 bits in LEB128: bit 6 of the last byte is the sign. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest & 0x7f];
}

type Lanes = readonly [number, number, number, number];
type Unary = (value: Code) => Code;
type Binary = (a: Code, b: Code) => Code;
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

const unary =
  (...opcode: number[]): Unary =>
  (value) => [value, opcode];
const binary =
  (...opcode: number[]): Binary =>
  (a, b) => [a, b, opcode];
/** Alignments are promised as log2; a promise of 0 is always kept, and costs nothing on the hosts of today. */
const load =
  (...opcode: number[]): Load =>
  (address, offset = 0) => [address, opcode, 0, unsigned(offset)];
const store =
  (...opcode: number[]): Store =>
  (address, value, offset = 0) => [address, value, opcode, 0, unsigned(offset)];

/** The value of a local variable. */
export const get = (local: number): Code => [0x20, unsigned(local)];
/** Sets a local variable. */
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
/** Sets a local variable, and is its value. */
export const tee = (local: number, value: Code): Code => [value, 0x22, unsigned(local)];

/** Instructions that a branch to the label leaves. */
export const block = (label: Label, ...body: Code[]): Code => [0x02, NO_RESULT, { open: label }, body, END];
/** Instructions that a branch to the label repeats. */
export const loop = (label: Label, ...body: Code[]): Code => [0x03, NO_RESULT, { open: label }, body, END];
/** Instructions that are carried out if a condition is not 0. */
export const when = (condition: Code, ...body: Code[]): Code => [
  condition,
  0x04,
  NO_RESULT,
  { open: new Label() },
  body,
  END,
];
/** Goes to a label. */
export const branch = (label: Label): Code => [0x0c, { branch: label }];
/** Goes to a label if a condition is not 0. */
export const branchIf = (label: Label, condition: Code): Code => [condition, 0x0d, { branch: label }];

/** The first of two values where a condition is not 0, else the second; both are worked out. */
export const select = (a: Code, b: Code, condition: Code): Code => [a, b, condition, 0x1b];

/** Whole numbers of 32 bits. */
export const i32: Readonly<
  Record<
    | 'add'
    | 'sub'
    | 'and'
    | 'or'
    | 'xor'
    | 'shiftLeft'
    | 'shiftRight'
    | 'shiftRightSigned'
    | 'equal'
    | 'differ',
    Binary
  > &
    Record<'lessUnsigned' | 'greaterUnsigned' | 'lessOrEqualUnsigned' | 'greaterOrEqualUnsigned', Binary> &
    Record<'load' | 'load8', Load> &
    Record<'store' | 'store8', Store> &
    Record<'isZero' | 'leadingZeros', Unary> & {
      /** The low half of a number of 64 bits. */
      fromWide: Unary;
    }
> & { const(value: number): Code } = {
  const: (value) => [0x41, signed(value)],
  load: load(0x28),
  load8: load(0x2d),
  store: store(0x36),
  store8: store(0x3a),
  isZero: unary(0x45),
  leadingZeros: unary(0x67),
  fromWide: unary(0xa7),
  equal: binary(0x46),
  differ: binary(0x47),
  lessUnsigned: binary(0x49),
  greaterUnsigned: binary(0x4b),
  lessOrEqualUnsigned: binary(0x4d),
  greaterOrEqualUnsigned: binary(0x4f),
  add: binary(0x6a),
  sub: binary(0x6b),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shiftLeft: binary(0x74),
  shiftRight: binary(0x76),
  shiftRightSigned: binary(0x75),
};

/** Whole numbers of 64 bits. */
export const i64: Readonly<
  Record<'load', Load> &
    Record<'store', Store> &
    Record<'shiftRight' | 'add', Binary> & {
      /** From 0 to 63. */
      const(value: number): Code;
      /** How many bits are 1. */
      ones: Unary;
    }
> = {
  load: load(0x29),
  store: store(0x37),
  const: (value) => [0x42, signed(value)],
  ones: unary(0x7b),
  add: binary(0x7c),
  shiftRight: binary(0x88),
};

/** Numbers as JavaScript has them. */
export const f64: Readonly<{
  load: Load;
  store: Store;
  const(value: number): Code;
  add: Binary;
  mul: Binary;
  greater: Binary;
  /** From a whole number of 32 bits, unsigned. */
  fromUnsigned: Unary;
  /** The same, signed. */
  fromSigned: Unary;
}> = {
  load: load(0x2b),
  store: store(0x39),
  const: (value) => [0x44, [...new Uint8Array(new Float64Array([value]).buffer)]],
  add: binary(0xa0),
  mul: binary(0xa2),
  greater: binary(0x64),
  fromUnsigned: unary(0xb8),
  fromSigned: unary(0xb7),
};

/** Vectors of 128 bits, as four whole numbers of 32. */
export const i32x4: Readonly<
  Record<'and' | 'or' | 'xor' | 'shiftLeft' | 'add' | 'greatestUnsigned', Binary> & {
    load: Load;
    store: Store;
    splat: Unary;
    /** One of the four. */
    lane(value: Code, lane: 0 | 1 | 2 | 3): Code;
    /** Four constants. */
    const(...lanes: Lanes): Code;
    /** Four lanes chosen from eight: 0–3 of `a`, 4–7 of `b`. */
    shuffle(a: Code, b: Code, ...lanes: Lanes): Code;
  }
> = {
  load: load(0xfd, 0x00),
  store: store(0xfd, 0x0b),
  const: (...lanes) => [
    [0xfd, 0x0c],
    lanes.flatMap((lane) => [lane & 0xff, (lane >>> 8) & 0xff, (lane >>> 16) & 0xff, lane >>> 24]),
  ],
  splat: unary(0xfd, 0x11),
  and: binary(0xfd, 0x4e),
  or: binary(0xfd, 0x50),
  xor: binary(0xfd, 0x51),
  shiftLeft: binary(0xfd, 0xab, 0x01),
  add: binary(0xfd, 0xae, 0x01),
  greatestUnsigned: binary(0xfd, 0xb9, 0x01),
  lane: (value, lane) => [value, 0xfd, 0x1b, lane],
  shuffle: (a, b, ...lanes) => [
    a,
    b,
    [0xfd, 0x0d],
    lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  ],
};

/** A function of a module. Parameters are its first local variables: 0, 1 and so on. */
export class WasmFunction {
  /** The name under which the host calls it. */
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** What it does; set once its local variables are known. */
  code: Code = [];
  readonly #locals: ValueType[] = [];

  constructor(name: string, parameters: readonly ValueType[], results: readonly ValueType[] = []) {
    this.name = name;
    this.parameters = parameters;
    this.results = results;
  }

  /** One more local variable, which is 0 at first. @returns Its number. */
  local(type: ValueType): number {
    return this.parameters.length + this.#locals.push(type) - 1;
  }

  /** The type as the module's first section has it. */
  typeBytes(): number[] {
    return [FUNCTION_TYPE, ...list(this.parameters.map(typeBytes)), ...list(this.results.map(typeBytes))];
  }

  /** Local variables and instructions, with the length in front. */
  bodyBytes(): number[] {
    const body = [...list(this.#locals.map((type) => [1, ...typeBytes(type)])), ...flat(this.code), END];
    return [...unsigned(body.length), ...body];
  }
}

/** The names under which a module asks for its memory. */
export const MEMORY_IMPORT: readonly [module: string, name: string] = ['ram', 'memory'];

/**
 * The bytes of a module: functions over one memory, which the host brings.
 * @param pages - Pages of 64 KiB that the memory has at least.
 */
export function assemble(functions: readonly WasmFunction[], pages: number): Uint8Array {
  const [module, name] = MEMORY_IMPORT;
  const memory = [...text(module), ...text(name), 2, 0, ...unsigned(pages)];
  return Uint8Array.from([
    ...[0, ...text('asm').slice(1), 1, 0, 0, 0],
    ...section(1, list(functions.map((one) => one.typeBytes()))),
    ...section(2, list([memory])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(functions.map((one, i) => [...text(one.name), 0, ...unsigned(i)]))),
    ...section(10, list(functions.map((one) => one.bodyBytes()))),
  ]);
}

const typeBytes = (type: ValueType): number[] => [TYPE_CODES[type]];
const text = (name: string): number[] => [name.length, ...[...name].map((letter) => letter.charCodeAt(0))];
const list = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];

/** All bytes of some instructions, with every label turned into how many blocks it lies further out. */
function flat(code: Code): number[] {
  const bytes: number[] = [];
  const open: Label[] = [];
  const visit = (part: Code): void => {
    if (typeof part === 'number') {
      bytes.push(part);
    } else if ('open' in part) {
      open.push(part.open);
    } else if ('branch' in part) {
      const depth = open.lastIndexOf(part.branch);
      if (depth < 0) throw new Error('a branch leads to a label of which no block is open');
      bytes.push(...unsigned(open.length - 1 - depth));
    } else {
      const outside = open.length;
      for (const each of part) visit(each);
      open.length = outside;
    }
  };
  visit(code);
  return bytes;
}
