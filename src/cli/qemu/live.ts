/** A running QEMU as a source of machines: no dump is made. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CpuState, type Dump, DumpError, DumpMemory, readRegisters } from '../../dump/index.ts';
import { atEnd } from '../at-end.ts';
import { BlockingQmp, type Qmp } from './blocking-qmp.ts';
import { LiveStore } from './live-store.ts';
import { addressText, isLocal, type QmpAddress } from './qmp-address.ts';
import { QmpError } from './qmp-error.ts';
import { ramRanges } from './ram-map.ts';
import { FREE, HELD, Warden } from './warden.ts';

/** How a guest is looked at. */
export interface LiveOptions {
  /** Hold the guest until the command ends, if it runs. */
  readonly stop: boolean;
  /** How long QEMU may take for an answer. */
  readonly timeoutMs: number;
}

/**
 * Connects to a QEMU and asks for the registers of its CPUs and the places of its RAM. RAM itself is read as it is
 * needed, and the last 16 MiB are kept at hand; what is written stays here.
 *
 * The connection ends, and a held guest runs on, at the end of the command, or of this process, however it ends.
 *
 * @throws QmpError
 */
export function openLive(address: QmpAddress, options: LiveOptions): Omit<Dump, 'format'> {
  const folder = isLocal(address) ? temporaryFolder() : undefined;
  const warden = new Warden({ address, folder });
  atEnd(() => warden.dismiss());
  if (folder !== undefined) atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const qmp = new BlockingQmp(address, options.timeoutMs);
  atEnd(() => qmp.close());
  const notes = [`Live from QEMU ${versionOf(qmp.execute('query-version'))} at ${addressText(address)}.`];
  if (!isRunning(qmp)) notes.push('The guest is stopped.');
  else if (options.stop) {
    hold(qmp, warden);
    notes.push('The guest is held until this command ends.');
  } else {
    notes.push('The guest runs, so that tables may change while they are read; --stop holds it.');
  }
  const cpus = registersIn(qmp.monitor('info registers -a'));
  const store = new LiveStore(qmp, ramRanges(qmp.monitor('info mtree -f')), folder);
  return { memory: new DumpMemory(store), cpus, notes };
}

function registersIn(text: string): readonly CpuState[] {
  try {
    return readRegisters(text);
  } catch (error) {
    if (error instanceof DumpError) throw new QmpError('protocol', `QEMU's registers: ${error.message}`);
    throw error;
  }
}

/** Only this user can read what QEMU puts there. */
function temporaryFolder(): string | undefined {
  try {
    return mkdtempSync(join(tmpdir(), 'x86-paging-'));
  } catch {
    // QEMU then prints what it would write.
    return undefined;
  }
}

/** Whether the guest runs. @throws QmpError */
function isRunning(qmp: Qmp): boolean {
  const answer = qmp.execute('query-status') as { running?: unknown } | null;
  if (typeof answer?.running === 'boolean') return answer.running;
  throw new QmpError('protocol', "QEMU's answer to query-status does not say whether the guest runs");
}

/** Stops a guest until the end of the command. */
function hold(qmp: Qmp, warden: Warden): void {
  warden.tell(HELD);
  // If QEMU does not answer, it may have stopped it all the same.
  atEnd(() => {
    qmp.execute('cont');
    warden.tell(FREE);
  });
  qmp.execute('stop');
}

function versionOf(answer: unknown): string {
  const { qemu } = (answer ?? {}) as { qemu?: Record<string, unknown> };
  const numbers = ['major', 'minor', 'micro'].map((part) => qemu?.[part]);
  return numbers.every((number) => typeof number === 'number') ? numbers.join('.') : 'of unknown version';
}
