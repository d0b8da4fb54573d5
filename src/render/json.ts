/** Reports as plain JSON values: addresses as hexadecimal strings, since they may not fit a number. */

import { accessName } from '../arch/access.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import type { Domain } from '../builder/index.ts';
import type { MapRun } from '../inspect/index.ts';
import type { WalkReport } from '../mmu/index.ts';
import type { Verification } from '../verify/index.ts';

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A value in hexadecimal, since an address may not fit a number. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/**
 * A walk report, under the schema name `x86-paging/walk/1`.
 * @param lens - What a lens says of it.
 * @param name - What the address is called.
 */
export function walkJson(report: WalkReport, lens?: Json, name?: string): Json {
  const common = {
    schema: 'x86-paging/walk/1',
    linear: hex(report.linear),
    ...(name !== undefined && { name }),
    ...(report.pointer !== undefined && { pointer: hex(report.pointer) }),
    access: accessName(report.access),
    mode: report.mode,
    cr3: hex(report.cr3),
    ok: report.ok,
    steps: report.steps.map((step) => ({
      kind: step.kind,
      index: step.index,
      address: hex(step.entryAddress),
      source: step.source,
      entry: hex(step.entry),
      flags: [...step.flags],
      reservedBits: [...step.reservedBits],
      leadsTo: step.leadsTo,
      target: step.target === undefined ? null : hex(step.target),
      rights: { ...step.rights },
    })),
    ...(lens !== undefined && { lens }),
  };
  if (!report.ok) {
    const { vector, reason, code, cr2, kind } = report.fault;
    return { ...common, fault: { vector, reason, code, cr2: hex(cr2), kind: kind ?? null } };
  }
  return {
    ...common,
    physical: hex(report.physical),
    pageSize: report.pageSize,
    rights: { ...report.rights },
    global: report.global,
    memoryType: report.memoryType,
    protectionKey: report.protectionKey ?? null,
    sets: report.sets.map(({ entryAddress, bits }) => ({ address: hex(entryAddress), bits })),
  };
}

/** A run of a map, under the schema name `x86-paging/map-run/1`. */
export function mapRunJson(run: MapRun): Json {
  return {
    schema: 'x86-paging/map-run/1',
    start: hex(run.start),
    end: hex(run.end),
    bytes: run.bytes,
    rights: { ...run.rights },
    pageSize: run.pageSize,
    pages: run.pages,
    global: run.global,
    physical: hex(run.physical),
    contiguous: run.contiguous,
    oneFrame: run.oneFrame,
    accessed: run.accessed,
    dirty: run.dirty,
    pwt: run.pwt,
    pcd: run.pcd,
    pat: run.pat,
    memoryType: run.memoryType,
    protectionKey: run.protectionKey ?? null,
    name: run.name ?? null,
  };
}

/** A domain: where its parts lie, under the schema name `x86-paging/domain/1`. */
export function domainJson(domain: Domain): Json {
  const { initrd } = domain;
  return {
    schema: 'x86-paging/domain/1',
    profile: domain.profile,
    pageCount: domain.pageCount,
    loadAddress: hex(domain.loadAddress),
    pageDirectory: hex(domain.pageDirectory),
    startInfoAddress: hex(domain.startInfoAddress),
    pageTables: Array.from(domain.pageTables, (frame) => hex(frame * PAGE_SIZE)),
    initrd: initrd === undefined ? null : { address: hex(initrd.address), length: initrd.length },
    commandLineBytes: domain.commandLine.length,
    frames: domain.frames.length,
    updates: domain.updates.length / 2,
    context: Object.fromEntries(Object.entries(domain.context).map(([name, value]) => [name, hex(value)])),
    layout: domain.layout.map(({ name, start, end }) => ({ name, start: hex(start), end: hex(end) })),
  };
}

/** A verification, under the schema name `x86-paging/verification/1`. */
export function verificationJson({ ok, claims }: Verification): Json {
  return {
    schema: 'x86-paging/verification/1',
    ok,
    claims: claims.map(({ name, title, ok, counterexample }) => ({
      name,
      title,
      ok,
      counterexample:
        counterexample === undefined
          ? null
          : {
              linear: counterexample.linear === undefined ? null : hex(counterexample.linear),
              access: counterexample.access === undefined ? null : accessName(counterexample.access),
              expected: counterexample.expected,
              found: counterexample.found,
              mend: counterexample.mend ?? null,
              walk: counterexample.walk === undefined ? null : walkJson(counterexample.walk),
            },
    })),
  };
}
