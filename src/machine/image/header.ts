/** The header of version 2: all of a machine but its RAM and its domain's lists, as JSON. */

import { PAGE_SIZE } from '../../arch/address.ts';
import { asciiBytes, asciiText } from '../../bytes/ascii.ts';
import { MAX_MEMORY_BYTES, type RamHole } from '../../memory/index.ts';
import { said } from '../../said/said.ts';
import type { Machine, MachineRegion, MachineRegisters, Pdptes } from '../machine.ts';
import { cpuFields, readCpu } from './cpu-fields.ts';
import { domainFields } from './domain-fields.ts';
import { Field } from './field.ts';
import { ImageError } from './image-error.ts';

/** The most bytes of a header, in any version. The largest that the limits below allow has fewer. */
export const MAX_HEADER_BYTES = 0x10_0000;

const MAX_HOLES = 256;
const MAX_REGIONS = 4096;
const MAX_NOTES = 64;
const MAX_NAME = 64;
const MAX_NOTE = 1024;

/** Widths of the registers. CR3 does not keep bit 63. */
const REGISTERS = { cr0: 32, cr2: 64, cr3: 63, cr4: 32, efer: 32, pkru: 32, pkrs: 32 } as const;
const REQUIRED: readonly string[] = ['cr0', 'cr3', 'cr4', 'efer'];

/** What a header says. */
export interface Header extends Omit<Machine, 'memory' | 'domain'> {
  readonly memoryBytes: number;
  readonly holes: readonly RamHole[];
  /** The domain's fields, not checked yet: they are only together with its lists. */
  readonly domain: Field;
}

/** Bits joined by | in JavaScript are a negative number where bit 31 is one of them. */
function asUnsigned(value: number | bigint): number | bigint {
  return typeof value === 'number' && (value | 0) === value ? value >>> 0 : value;
}

/** The header of a machine, as bytes. */
export function headerBytes(machine: Machine, holes: readonly RamHole[]): Uint8Array {
  const { memory, cpu, registers, domain, regions = [], notes = [] } = machine;
  const widths = Object.keys(REGISTERS) as (keyof typeof REGISTERS)[];
  const values = widths.map((name) => [
    name,
    registers[name] === undefined ? undefined : hex(asUnsigned(registers[name])),
  ]);
  const { alignmentCheck, pdptes } = registers;
  const text = JSON.stringify({
    memoryBytes: memory.sizeBytes,
    holes: holes.map(({ start, end }) => [start, end]),
    cpu: cpuFields(cpu),
    registers: { ...Object.fromEntries(values), alignmentCheck, pdptes: pdptes?.map(hex) },
    regions: regions.map(({ name, space, start, end }) => ({
      name,
      space,
      start: hex(start),
      end: hex(end),
    })),
    notes,
    ...(domain && { domain: domainFields(domain) }),
  });
  // Beyond ASCII as JSON's own escapes, so that a byte is a character.
  const escaped = text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped.length > MAX_HEADER_BYTES) {
    throw new ImageError(
      said`the header would have ${escaped.length} bytes; at most ${MAX_HEADER_BYTES} are allowed`,
    );
  }
  return asciiBytes(escaped);
}

/** Reads a header, and checks everything in it. */
export function readHeader(bytes: Uint8Array): Header {
  const header = parseHeader(bytes).object(FIELDS);
  const memoryBytes = readMemoryBytes(header.get('memoryBytes'));
  const regions = header.get('regions').list(MAX_REGIONS).map(readRegion);
  const notes = header
    .get('notes')
    .list(MAX_NOTES)
    .map((note) => note.text(MAX_NOTE));
  return {
    memoryBytes,
    holes: readHoles(header.get('holes'), memoryBytes),
    cpu: readCpu(header.get('cpu')),
    registers: readRegisters(header.get('registers')),
    ...(regions.length > 0 && { regions }),
    ...(notes.length > 0 && { notes }),
    domain: header.get('domain'),
  };
}

const FIELDS: readonly string[] = ['memoryBytes', 'holes', 'cpu', 'registers', 'regions', 'notes', 'domain'];

/** JSON out of a header's bytes. @throws ImageError */
export function parseHeader(bytes: Uint8Array): Field {
  try {
    return new Field(JSON.parse(asciiText(bytes)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ImageError(said`the image's header is damaged: it is no JSON`);
  }
}

/** A size that a memory can have. */
export function readMemoryBytes(field: Field): number {
  const bytes = field.integer(PAGE_SIZE, MAX_MEMORY_BYTES);
  if (bytes % PAGE_SIZE !== 0) {
    throw new ImageError(said`the image's header: memoryBytes is ${bytes}, not a multiple of ${PAGE_SIZE}`);
  }
  return bytes;
}

function readHoles(field: Field, memoryBytes: number): RamHole[] {
  return field.list(MAX_HOLES).map((hole) => {
    const bounds = hole.list(2).map((bound) => bound.integer(0, memoryBytes));
    // What is wrong with them, the memory will tell.
    return { start: bounds[0] ?? 0, end: bounds[1] ?? 0 };
  });
}

function readRegisters(field: Field): MachineRegisters {
  field.object([...Object.keys(REGISTERS), 'alignmentCheck', 'pdptes']);
  const registers: Record<string, number | bigint | boolean | Pdptes> = {};
  for (const [name, bits] of Object.entries(REGISTERS)) {
    const value = field.get(name);
    if (!value.isAbsent || REQUIRED.includes(name)) registers[name] = value.hex(bits);
  }
  const alignmentCheck = field.get('alignmentCheck');
  if (!alignmentCheck.isAbsent) registers['alignmentCheck'] = alignmentCheck.flag();
  const pdptes = field.get('pdptes');
  if (!pdptes.isAbsent) registers['pdptes'] = readPdptes(pdptes);
  return registers as unknown as MachineRegisters;
}

function readPdptes(field: Field): Pdptes {
  const values = field.list(4).map((value) => value.hex(64));
  if (values.length !== 4)
    throw new ImageError(said`the image's header: registers.pdptes has ${values.length} of 4 values`);
  return values as unknown as Pdptes;
}

function readRegion(field: Field): MachineRegion {
  field.object(['name', 'space', 'start', 'end']);
  const name = field.get('name').text(MAX_NAME);
  const start = field.get('start').hex(64);
  const end = field.get('end').hex(65);
  if (end <= start)
    throw new ImageError(said`the image's header: the region '${name}' ends before it starts`);
  return { name, space: field.get('space').oneOf(['linear', 'physical']), start, end };
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
