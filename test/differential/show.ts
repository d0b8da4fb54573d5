/** Prints one case: every operation, with what our Mmu and the emulator made of it. */

import { makeCases } from './cases.ts';
import { hex } from './compare.ts';
import type { Machine } from './machines.ts';
import { runMachine } from './round.ts';
import type { Operation, Outcome } from './stream.ts';
import { NO_FAULT } from './stream.ts';

/** @returns whether all agree. */
export async function showCase(machine: Machine, seed: number, index: number): Promise<boolean> {
  const { emulator, cpuName } = machine;
  const [one] = makeCases(seed, machine, index, 1);
  if (one === undefined) {
    console.log(`case ${index} needs a feature that ${emulator} ${cpuName} does not have`);
    return true;
  }
  console.log(`case ${index} of seed ${seed}, ${one.group}, on ${emulator} ${cpuName}`);
  const result = await runMachine(machine, [one], (_, ours, theirs) => {
    let step = 0;
    for (const operation of one.operations) {
      if (operation.op === 'poke') {
        console.log(describe(operation));
        continue;
      }
      const our = ours[step];
      console.log(`${describe(operation)}   (step ${step})`);
      for (const walk of our?.walks ?? []) {
        console.log(
          `    walk of ${hex(walk.linear)}: ${walk.ok ? `to ${hex(walk.physical)}` : walk.fault.reason}`,
        );
      }
      console.log(`    ours    ${outcomeText(operation, our?.outcome)}`);
      console.log(`    theirs  ${outcomeText(operation, theirs[step])}`);
      step++;
    }
  });
  const group = result.groups.get(one.group);
  for (const { field, ours, theirs, step } of group?.differences ?? []) {
    console.log(`differs in step ${step}: ${field}: ours ${ours}, theirs ${theirs}`);
  }
  for (const [{ name, reason }] of result.deviations) console.log(`known deviation ${name}: ${reason}`);
  if (result.stopped !== undefined) console.log(`the emulator stopped: ${result.stopped}`);
  return result.stopped === undefined && group?.differences.length === 0;
}

function describe(operation: Operation): string {
  switch (operation.op) {
    case 'poke':
      return `[${hex(operation.physical)}] = ${hex(operation.value)}`;
    case 'access': {
      const { instruction, bytes, cpl, ac, linear, value } = operation;
      return `${instruction} of ${bytes} at ${hex(linear)}, CPL ${cpl}${ac ? ', AC' : ''}, operand ${hex(value)}`;
    }
    case 'set':
      return `${operation.register.toUpperCase()} = ${hex(operation.value)}`;
    case 'invlpg':
      return `INVLPG ${hex(operation.linear)}`;
    case 'invpcid':
      return `INVPCID type ${operation.type}, PCID ${hex(operation.pcid)}, ${hex(operation.linear)}`;
    case 'check':
      return 'memory';
  }
}

function outcomeText(operation: Operation, outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'nothing';
  if (outcome.kind === 'changes') {
    const dwords = [...outcome.dwords].map(([address, value]) => `[${hex(address)}] = ${hex(value)}`);
    return dwords.join(', ') || 'unchanged';
  }
  if (outcome.vector !== NO_FAULT) {
    const cr2 = outcome.vector === 14 ? `, CR2 ${hex(outcome.cr2)}` : '';
    return `vector ${outcome.vector}, error code ${hex(outcome.errorCode)}${cr2}`;
  }
  return operation.op === 'access' ? `no fault, register ${hex(outcome.accumulator)}` : 'no fault';
}
