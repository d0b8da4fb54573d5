/** A whole machine: RAM, CPU and registers, wherever they come from; and its file. */

export type { ByteSource } from '../bytes/byte-source.ts';
export { domainMachine } from './domain-machine.ts';
export { GUEST_CPU, type GuestState, guestState } from './guest.ts';
export { ImageError } from './image/image-error.ts';
export { isImage, loadMachine } from './image/load.ts';
export { saveMachine, saveMachinePieces } from './image/save.ts';
export {
  type Machine,
  type MachineRegion,
  type MachineRegisters,
  mmuOf,
  type Pdptes,
  registersOf,
} from './machine.ts';
export {
  type MachineSource,
  machineOf,
  type OpenOptions,
  openMachine,
  type RegisterSource,
} from './open-machine.ts';
export { regionNames, regionsOf } from './region-names.ts';
