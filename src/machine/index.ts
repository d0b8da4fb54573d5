/** A whole machine: RAM, CPU and registers, wherever they come from. */
export { domainMachine } from './domain-machine.ts';
export { GUEST_CPU, type GuestState, guestState } from './guest.ts';
export {
  type Machine,
  type MachineRegion,
  type MachineRegisters,
  mmuOf,
  type Pdptes,
  registersOf,
} from './machine.ts';
export { type OpenOptions, openMachine } from './open-machine.ts';
export { regionNames, regionsOf } from './region-names.ts';
