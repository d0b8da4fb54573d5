/** What would mend a page of which a claim does not hold: which bits of which entry, or which register. */

import { ACCESS_FETCH_BIT, ACCESS_USER_BIT, ACCESS_WRITE_BIT, type Access } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { CR0_WP, CR4_PGE, CR4_PSE, EFER_NXE } from '../arch/control.ts';
import { PDE_PS, PTE_G, PTE_PCD, PTE_PWT } from '../arch/entry.ts';
import { memoryTypeOf } from '../arch/memory-type.ts';
import { has } from '../arch/registers.ts';
import { listed, type Said, type SaidValue, said } from '../said/said.ts';
import type { WalkContext } from '../walk/context.ts';
import type { EntryFlag, WalkFailure, WalkReport, WalkStep, WalkSuccess } from '../walk/report.ts';
import type { Wanted } from './finding.ts';

/** @returns A phrase in the imperative; undefined where the walk does not tell. */
export function mendOf(walk: WalkReport, wanted: Wanted, context: WalkContext): Said | undefined {
  const leaf = walk.steps.at(-1);
  if (leaf === undefined) return undefined;
  const ignored = ignoredLargePage(walk, wanted, context);
  if (ignored !== undefined) return mendPageSizeBit(ignored, context);
  if (!walk.ok) {
    if (wanted.kind === 'leads to') return mendMissing(walk, leaf, wanted.physical, context);
    return wanted.kind === 'granted' ? mendRefusal(walk, leaf, context) : undefined;
  }
  switch (wanted.kind) {
    case 'leads to':
      return said`let ${entryText(leaf)} lead to ${formatAddress(wanted.physical)}, not to ${formatAddress(walk.physical)}`;
    case 'not mapped':
      return said`clear P in ${entryText(leaf)}`;
    case 'denied':
      return mendGrant(walk, leaf, context);
    case 'global':
      if (wanted.value && !has(context.cr4, CR4_PGE)) return said`set CR4.PGE, and G in ${entryText(leaf)}`;
      return wanted.value ? said`set G in ${entryText(leaf)}` : said`clear G in ${entryText(leaf)}`;
    case 'page size':
      return said`map it by pages of ${formatAddress(wanted.bytes, 1)} bytes; ${entryText(leaf)} maps ${formatAddress(walk.pageSize, 1)}`;
    case 'cache type':
      return said`give ${entryText(leaf)} ${cacheBits(wanted.type, context)}`;
    case 'protection key':
      return said`give ${entryText(leaf)} the key ${wanted.key} in bits 62–59`;
    default:
      return undefined;
  }
}

/** The PDE that was meant to map a large page, as wanted, and is taken for a table's because CR4.PSE is clear. */
function ignoredLargePage(
  { mode, steps, linear }: WalkReport,
  wanted: Wanted,
  { cr4 }: WalkContext,
): WalkStep | undefined {
  if (mode !== '32-bit' || has(cr4, CR4_PSE)) return undefined;
  const [pde] = steps;
  if (pde?.leadsTo !== 'table' || (Number(pde.entry) & PDE_PS) === 0) return undefined;
  const entry = Number(pde.entry);
  const isMeant =
    (wanted.kind === 'leads to' &&
      wanted.physical === entry - (entry % pde.bytes) + (Number(linear) % pde.bytes)) ||
    (wanted.kind === 'page size' && wanted.bytes === pde.bytes) ||
    (wanted.kind === 'global' && wanted.value === ((entry & PTE_G) !== 0));
  return isMeant ? pde : undefined;
}

function mendPageSizeBit(pde: WalkStep, { cpu }: WalkContext): Said {
  const mend = cpu.pse
    ? said`set CR4.PSE: while it is clear`
    : said`take a CPU that has PSE: on '${cpu.name ?? said`unnamed`}'`;
  return said`${mend}, PS (bit 7) of ${entryText(pde)} means nothing, and the page is taken for a table`;
}

function mendMissing(walk: WalkFailure, leaf: WalkStep, physical: number, context: WalkContext): Said {
  if (walk.fault.reason === 'not-present') {
    const below = leaf.kind === 'PTE' ? '' : said` through a table`;
    return said`write ${entryText(leaf)}, so that it leads${below} to ${formatAddress(physical)}`;
  }
  return mendRefusal(walk, leaf, context) ?? said`let it lead to ${formatAddress(physical)}`;
}

/** What would let a refused access succeed. */
function mendRefusal(walk: WalkFailure, leaf: WalkStep, context: WalkContext): Said | undefined {
  const { steps, fault } = walk;
  const without = (flag: EntryFlag): SaidValue =>
    listOf(steps.filter((s) => hasRights(s) && !s.flags.includes(flag)));
  switch (fault.reason) {
    case 'not-present':
      return said`write ${entryText(leaf)}, with P set`;
    case 'reserved-bit':
      if (leaf.reservedBits.every((bit) => bit === 63) && context.cpu.nx)
        return said`set EFER.NXE: while it is clear, NX (bit 63) of ${entryText(leaf)} is reserved`;
      return leaf.reservedBits.length > 1
        ? said`clear bits ${leaf.reservedBits.join(', ')} of ${entryText(leaf)}, which are reserved`
        : said`clear bit ${leaf.reservedBits[0]!} of ${entryText(leaf)}, which is reserved`;
    case 'write-to-read-only-page':
      return said`set RW in ${without('RW')}`;
    case 'user-access-to-supervisor-page':
      return said`set US in ${without('US')}`;
    case 'fetch-from-no-execute-page':
      return said`clear NX in ${listOf(steps.filter((step) => step.flags.includes('NX')))}`;
    case 'supervisor-fetch-from-user-page':
      return said`clear US in ${entryText(leaf)}, or CR4.SMEP`;
    case 'supervisor-access-to-user-page':
      return said`clear US in ${entryText(leaf)}, or CR4.SMAP`;
    case 'protection-key':
      return said`give ${entryText(leaf)} a key that ${walk.steps.at(-1)!.rights.user ? 'PKRU' : 'PKRS'} (${formatAddress(leaf.rights.user ? context.pkru : context.pkrs)}) allows`;
    default:
      return undefined;
  }
}

/** What would refuse an access that succeeds. */
function mendGrant(walk: WalkSuccess, leaf: WalkStep, context: WalkContext): Said {
  const { access, rights } = walk;
  if (is(access, ACCESS_FETCH_BIT) && !is(access, ACCESS_USER_BIT)) return mendFetch(walk, leaf, context);
  if (is(access, ACCESS_WRITE_BIT) && !rights.writable && !has(context.cr0, CR0_WP)) {
    return context.cpu.wp
      ? said`set CR0.WP: the page is read-only, but WP is clear, and the supervisor writes all the same`
      : said`take a CPU that has CR0.WP: on this one the supervisor writes read-only pages, too`;
  }
  if (is(access, ACCESS_WRITE_BIT)) return said`clear RW in ${entryText(leaf)}`;
  if (is(access, ACCESS_USER_BIT)) return said`clear US in ${entryText(leaf)}`;
  return said`clear P in ${entryText(leaf)}`;
}

function mendFetch(walk: WalkSuccess, leaf: WalkStep, { efer, cpu }: WalkContext): Said {
  if (walk.mode === '32-bit')
    return said`take another paging mode: entries of 32 bits have no NX, so that every page can be fetched from`;
  if (!cpu.nx) return said`take a CPU that has NX; '${cpu.name ?? said`unnamed`}' lacks it`;
  if (!has(efer, EFER_NXE)) return said`set EFER.NXE, and NX (bit 63) in ${entryText(leaf)}`;
  return said`set NX (bit 63) in ${entryText(leaf)}`;
}

/** PDPTEs of PAE have no rights. */
function hasRights(step: WalkStep): boolean {
  return step.source !== 'register';
}

/** PWT, PCD and PAT for a memory type. */
function cacheBits(type: string, { cpu }: WalkContext): Said {
  const bits = [0, PTE_PWT, PTE_PCD, PTE_PWT | PTE_PCD].find((low) => memoryTypeOf(cpu, low, false) === type);
  if (bits === undefined) return said`the PAT index of ${type}, which the PAT after reset does not have`;
  return said`PWT ${bits & PTE_PWT ? 1 : 0}, PCD ${bits & PTE_PCD ? 1 : 0}, PAT 0`;
}

function is(access: Access, bit: number): boolean {
  return (access & bit) !== 0;
}

function listOf(steps: readonly WalkStep[]): SaidValue {
  return listed(steps.map(entryText), said` and in `);
}

/** An entry with its bits: `the PTE at 0x0000_5010 (0x2063: P RW A D)`. */
function entryText({ kind, entryAddress, entry, flags }: WalkStep): Said {
  const bits = flags.length === 0 ? said`not present` : flags.join(' ');
  return said`the ${kind} at ${formatAddress(entryAddress)} (0x${entry.toString(16)}: ${bits})`;
}
