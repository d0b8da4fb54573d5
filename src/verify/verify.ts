import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { CR0_PE, CR0_PG, CR0_WP, CR4_PGE, CR4_PSE } from '../arch/control.ts';
import type { Domain } from '../builder/domain.ts';
import { doubtsAbout, subjectOf } from '../claims/check-layout.ts';
import type { Claim, Verification } from '../claims/verification.ts';
import type { Memory } from '../memory/ram.ts';
import { Mmu } from '../mmu/mmu.ts';
import type { WalkContext } from '../walk/context.ts';
import { entriesOf, tablesOf } from '../walk/tables-of.ts';
import { description, framesUsedOnce, initialContext } from './claims/description.ts';
import { entryBits } from './claims/entry-bits.ts';
import { frameList } from './claims/frame-list.ts';
import { noWritableAlias } from './claims/no-writable-alias.ts';
import {
  guestClosed,
  guestFrames,
  guestWritable,
  nothingElse,
  stackWritable,
  tablesReadOnly,
  xenClosed,
  xenRange,
} from './claims/reachability.ts';
import { sharedInfo } from './claims/shared-info.ts';
import { startInfo } from './claims/start-info.ts';
import { updateList } from './claims/update-list.ts';
import type { ClaimRule, Evidence } from './evidence.ts';
import { expectedSpace } from './expected.ts';
import { geometryOf } from './geometry.ts';
import type { ClaimName, VerifyOptions } from './verification.ts';

/** Every claim, in the order in which they are listed. */
const CLAIMS: readonly ClaimRule[] = [
  guestFrames,
  guestWritable,
  tablesReadOnly,
  noWritableAlias,
  startInfo,
  frameList,
  stackWritable,
  xenRange,
  xenClosed,
  guestClosed,
  nothingElse,
  entryBits,
  sharedInfo,
  initialContext,
  framesUsedOnce,
  description,
  updateList,
];

/**
 * Proves the layout of a domain at its start of day, claim by claim.
 *
 * Every one of the 2^20 linear pages is walked for every kind of access, through an MMU whose registers are set as Xen
 * sets them: CR0.PG and WP, CR4.PSE and PGE, CR3 the domain's directory. What the MMU does is then held against what
 * the facts say of each page, worked out from the domain's frames alone.
 *
 * Memory is left as it was: the accessed and dirty bits that the walk sets are undone, also when `onProgress` throws.
 *
 * @param domain - As `buildDomain` returned it, or as it was loaded from a saved image.
 * @returns All claims with their verdicts, and of each that fails the first counterexample.
 * @throws RangeError if the description cannot be that of a domain at all.
 * @throws TypeError if its lists are no typed arrays, as after a detour through JSON.
 * @see docs/xen-1.2.md §3, §4, §6, §7 and §8; docs/xen-layouts.md
 * @example
 * const { ok, claims } = verifyDomain(memory, domain);
 * for (const claim of claims) console.log(claim.ok ? 'ok ' : 'BAD', claim.title, claim.counterexample?.text ?? '');
 */
export function verifyDomain(
  memory: Memory,
  domain: Domain,
  options: VerifyOptions = {},
): Verification<ClaimName> {
  checkLists(domain);
  const evidence = gather(memory, domain);
  const doubts = doubtsAbout(evidence.subject, options);
  const claims = CLAIMS.filter(({ appliesTo }) => appliesTo?.(evidence.geometry) ?? true).map(
    (rule): Claim<ClaimName> => {
      const counterexample = rule.refute(evidence);
      const { name, title } = rule;
      return counterexample === undefined
        ? { name, title, ok: true }
        : { name, title, ok: false, counterexample };
    },
  );
  const all = [...claims, ...doubts];
  return { ok: all.every((claim) => claim.ok), claims: all };
}

function checkLists({ frames, pageTables, updates, commandLine, xen }: Domain): void {
  const lists = {
    frames,
    pageTables,
    updates,
    ...(xen.kind === 'image' && { 'xen.frames': xen.frames, 'xen.tables': xen.tables }),
  };
  for (const [name, list] of Object.entries(lists)) {
    if (!(list instanceof Uint32Array)) throw new TypeError(`domain.${name} is no Uint32Array`);
  }
  if (!(commandLine instanceof Uint8Array)) throw new TypeError('domain.commandLine is no Uint8Array');
}

function gather(memory: Memory, domain: Domain): Evidence {
  const geometry = geometryOf(domain);
  const { walkContext } = new Mmu(memory, {
    cpu: 'pentium-iii',
    cr0: CR0_PG + CR0_PE + CR0_WP,
    cr3: domain.pageDirectory,
    cr4: CR4_PSE | CR4_PGE,
  });
  const subject = subjectOf(walkContext);
  const expected = expectedSpace(geometry, domain.xen);
  const tableFrames = new Set([
    geometry.directoryFrame,
    ...geometry.tableFrames,
    ...guestTables(walkContext),
  ]);
  return { memory, domain, geometry, expected, subject, tableFrames };
}

/** The frames of the tables that the directory points to below Xen. Some may lie beyond the end of RAM. */
function guestTables(context: WalkContext): number[] {
  const [directory] = tablesOf(context);
  return entriesOf(context, directory!)
    .filter(({ index, leadsTo }) => index < XEN_FIRST_SLOT && leadsTo === 'table')
    .map(({ target }) => target / PAGE_SIZE);
}
