/** Layouts as JSON: what `schemas/layout.schema.json` describes. */

import { ACCESS_KINDS, type Access, accessName } from '../arch/access.ts';
import { asNumber } from '../arch/linear.ts';
import type { MemoryType } from '../arch/memory-type.ts';
import type { PageSize } from '../arch/paging-modes.ts';
import type { ClaimedRights, ClaimRange, LayoutClaim } from './claim.ts';
import { type JsonNode, LayoutError, parseJson } from './json-source.ts';
import * as vocabulary from './vocabulary.ts';

/**
 * Reads a layout: `{ "claims": [ { "maps": { "range": ["0xc0000000", "0xc0400000"], "to": "0x0" } }, … ] }`.
 * Addresses are strings, hexadecimal or decimal, in which `_` may stand between digits; or numbers.
 *
 * @throws LayoutError with the line and column of the first mistake.
 */
export function parseLayout(text: string): LayoutClaim[] {
  const root = parseJson(text);
  const reader = new Reader(text);
  const layout = reader.fields(root, 'the layout', ['claims'], ['$schema']);
  if (layout.has('$schema')) reader.word(layout.get('$schema')!, '$schema');
  return reader.list(layout.get('claims')!, 'claims').map((node) => reader.claim(node));
}

const WORDS = ['name', 'title', 'what'] as const;
const RIGHTS = ['writable', 'user', 'executable', 'global'] as const;

type Read = (reader: Reader, node: JsonNode, name: string) => LayoutClaim;

/** How the value of each claim's key is read. */
const CLAIMS: Readonly<Record<string, Read>> = {
  maps: (reader, node, name) => {
    const { range, to, rights } = Object.fromEntries(reader.fields(node, name, ['range', 'to'], ['rights']));
    const target = Array.isArray(to!.value) ? reader.frames(to!) : Number(reader.address(to!, 'to'));
    return vocabulary.maps(reader.range(range!), target, reader.rights(rights));
  },
  identity: (reader, node, name) => {
    const fields = reader.fields(node, name, ['range'], ['rights']);
    return vocabulary.identity(reader.range(fields.get('range')!), reader.rights(fields.get('rights')));
  },
  unmapped: (reader, node) => vocabulary.unmapped(reader.range(node)),
  noTables: (reader, node) => vocabulary.noTables(reader.range(node)),
  only: (reader, node, name) => vocabulary.only(reader.ranges(node, name)),
  readOnly: (reader, node, name) => {
    const [frames, except] = reader.framesBut(node, name);
    return vocabulary.readOnly(frames, { except });
  },
  noWritableAlias: (reader, node, name) => {
    const [frames, except] = reader.framesBut(node, name);
    return vocabulary.noWritableAlias(frames, { except });
  },
  hidden: (reader, node, name) => {
    const fields = reader.fields(node, name, ['frames'], ['range']);
    const range = fields.get('range');
    return vocabulary.hidden(reader.tablesOrFrames(fields.get('frames')!), range && reader.range(range));
  },
  closedTo: (reader, node, name) => {
    if (typeof node.value === 'string') return vocabulary.closedTo(node.value as 'user');
    const fields = reader.fields(node, name, ['who'], ['range']);
    const range = fields.get('range');
    const who = reader.word(fields.get('who')!, 'who') as 'user';
    return vocabulary.closedTo(who, range && reader.range(range));
  },
  grants: (reader, node, name) => vocabulary.grants(...reader.rangeAndAccesses(node, name)),
  denies: (reader, node, name) => vocabulary.denies(...reader.rangeAndAccesses(node, name)),
  executableOnly: (reader, node, name) => vocabulary.executableOnly(reader.ranges(node, name)),
  wxExclusive: (reader, node) => vocabulary.wxExclusive(node.value === true ? undefined : reader.range(node)),
  global: (reader, node, name) => {
    if (Array.isArray(node.value)) return vocabulary.global(reader.range(node));
    const fields = reader.fields(node, name, ['range', 'value'], []);
    return vocabulary.global(reader.range(fields.get('range')!), reader.flag(fields.get('value')!, 'value'));
  },
  pageSize: (reader, node, name) => {
    const fields = reader.fields(node, name, ['range', 'bytes'], []);
    const bytes = Number(reader.address(fields.get('bytes')!, 'bytes')) as PageSize;
    return vocabulary.pageSize(reader.range(fields.get('range')!), bytes);
  },
  cacheType: (reader, node, name) => {
    const fields = reader.fields(node, name, ['range', 'type'], []);
    const type = reader.word(fields.get('type')!, 'type') as MemoryType;
    return vocabulary.cacheType(reader.range(fields.get('range')!), type);
  },
  protectionKey: (reader, node, name) => {
    const fields = reader.fields(node, name, ['range', 'key'], []);
    return vocabulary.protectionKey(
      reader.range(fields.get('range')!),
      reader.count(fields.get('key')!, 'key'),
    );
  },
  atMost: (reader, node, name) => {
    const fields = reader.fields(node, name, ['tables'], []);
    return vocabulary.atMost({ tables: reader.count(fields.get('tables')!, 'tables') });
  },
  allOf: (reader, node, name) => vocabulary.allOf(reader.list(node, name).map((part) => reader.claim(part))),
  anyOf: (reader, node, name) => vocabulary.anyOf(reader.list(node, name).map((part) => reader.claim(part))),
  not: (reader, node) => vocabulary.not(reader.claim(node)),
};

class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  claim(node: JsonNode): LayoutClaim {
    const entries = this.#object(node, 'a claim');
    const kinds = [...entries.keys()].filter((key) => !(WORDS as readonly string[]).includes(key));
    const unknown = kinds.find((kind) => !Object.hasOwn(CLAIMS, kind));
    if (unknown !== undefined) {
      this.#fail(
        entries.get(unknown)!,
        `there is no claim "${unknown}"; there are ${Object.keys(CLAIMS).join(', ')}`,
      );
    }
    const [kind, ...more] = kinds;
    if (kind === undefined) this.#fail(node, `a claim has one of the keys ${Object.keys(CLAIMS).join(', ')}`);
    if (more.length > 0)
      this.#fail(entries.get(more[0]!)!, `"${kind}" and "${more[0]}" are two claims; give each its own {…}`);
    const words = WORDS.filter((key) => entries.has(key)).map((key) => [
      key,
      this.word(entries.get(key)!, key),
    ]);
    const body = entries.get(kind)!;
    return { ...this.#checked(body, () => CLAIMS[kind]!(this, body, kind)), ...Object.fromEntries(words) };
  }

  /** The fields of an object: all that are needed, and none that are unknown. */
  fields(
    node: JsonNode,
    name: string,
    needed: readonly string[],
    optional: readonly string[],
  ): ReadonlyMap<string, JsonNode> {
    const entries = this.#object(node, name);
    const known = [...needed, ...optional];
    for (const [key, value] of entries) {
      if (!known.includes(key))
        this.#fail(value, `${name} has no field "${key}"; it has ${known.join(', ')}`);
    }
    const missing = needed.find((key) => !entries.has(key));
    if (missing !== undefined) this.#fail(node, `${name} lacks the field "${missing}"`);
    return entries;
  }

  list(node: JsonNode, name: string): readonly JsonNode[] {
    if (!Array.isArray(node.value)) this.#fail(node, `${name} is a list, in [ ]`);
    return node.value as readonly JsonNode[];
  }

  word(node: JsonNode, name: string): string {
    if (typeof node.value !== 'string') this.#fail(node, `${name} is a string`);
    return node.value;
  }

  flag(node: JsonNode, name: string): boolean {
    if (typeof node.value !== 'boolean') this.#fail(node, `${name} is true or false`);
    return node.value;
  }

  count(node: JsonNode, name: string): number {
    if (!Number.isInteger(node.value)) this.#fail(node, `${name} is a whole number`);
    return node.value as number;
  }

  address(node: JsonNode, name: string): number | bigint {
    const { value } = node;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    if (typeof value === 'string' && /^(0x[\da-f]+(_[\da-f]+)*|\d+(_\d+)*)$/i.test(value)) {
      return asNumber(BigInt(value.replaceAll('_', '')));
    }
    this.#fail(node, `${name} is a number, or a string such as "0xc000_0000"`);
  }

  range(node: JsonNode): ClaimRange {
    const borders = this.list(node, 'a range');
    if (borders.length !== 2) this.#fail(node, 'a range is a start and an end, which it does not include');
    const range: ClaimRange = [this.address(borders[0]!, 'the start'), this.address(borders[1]!, 'the end')];
    this.#checked(node, () => vocabulary.unmapped(range));
    return range;
  }

  ranges(node: JsonNode, name: string): ClaimRange[] {
    return this.list(node, name).map((range) => this.range(range));
  }

  rights(node: JsonNode | undefined): ClaimedRights {
    if (node === undefined) return {};
    const fields = this.fields(node, 'rights', [], RIGHTS);
    return Object.fromEntries([...fields].map(([right, value]) => [right, this.flag(value, right)]));
  }

  frames(node: JsonNode): number[] {
    return this.list(node, 'frames').map((frame) => Number(this.address(frame, 'a frame')));
  }

  tablesOrFrames(node: JsonNode): vocabulary.FramesArgument {
    return typeof node.value === 'string' ? (node.value as 'tables') : this.frames(node);
  }

  /** `"tables"`, a list of frames, or an object of these with ranges that do not count. */
  framesBut(node: JsonNode, name: string): [vocabulary.FramesArgument, ClaimRange[]] {
    if (!(node.value instanceof Map)) return [this.tablesOrFrames(node), []];
    const fields = this.fields(node, name, ['frames'], ['except']);
    const except = fields.get('except');
    return [
      this.tablesOrFrames(fields.get('frames')!),
      except === undefined ? [] : this.ranges(except, 'except'),
    ];
  }

  rangeAndAccesses(node: JsonNode, name: string): [ClaimRange, Access[]] {
    const fields = this.fields(node, name, ['range', 'accesses'], []);
    const accesses = this.list(fields.get('accesses')!, 'accesses').map((access) => {
      const found = ACCESS_KINDS.find((kind) => accessName(kind).replace(' ', '-') === access.value);
      if (found !== undefined) return found;
      const names = ACCESS_KINDS.map((kind) => accessName(kind).replace(' ', '-'));
      return this.#fail(access, `an access is one of ${names.join(', ')}`);
    });
    return [this.range(fields.get('range')!), accesses];
  }

  #object(node: JsonNode, name: string): ReadonlyMap<string, JsonNode> {
    if (!(node.value instanceof Map)) this.#fail(node, `${name} is an object, in { }`);
    return node.value;
  }

  /** What the vocabulary refuses is a mistake at the place of the value. */
  #checked<T>(node: JsonNode, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (error instanceof RangeError) this.#fail(node, error.message);
      throw error;
    }
  }

  #fail(node: JsonNode, what: string): never {
    throw new LayoutError(this.#text, node.offset, what);
  }
}
