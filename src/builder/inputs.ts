import { overlap } from '../memory/overlap.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { BuildError } from './build-error.ts';
import type { BuildOptions } from './domain.ts';
import { PROFILES } from './profile.ts';

/**
 * Checks of what kind the inputs are, and takes those apart that lie in the machine's own RAM, such as a kernel that
 * a boot loader has put there, or in arrays that are to be used again: the build would overwrite them while it still reads.
 *
 * @throws BuildError `bad-option`.
 */
export function ownInputs(memory: PhysicalMemory, given: BuildOptions): BuildOptions {
  checkKinds(memory, given);
  const { initrd, xen, reuse } = given;
  const old = reuse === undefined ? [] : [reuse.frames, reuse.updates];
  const apart = <T extends Uint8Array | Uint32Array>(array: T): T =>
    memory.isBehind(array) || old.some((list) => overlap(list, array)) ? (array.slice() as T) : array;
  return {
    ...given,
    // The list of an earlier domain may well be that of the next; it stays where it is.
    frames: given.frames === reuse?.frames ? given.frames : apart(given.frames),
    kernel: apart(given.kernel),
    ...(initrd !== undefined && { initrd: apart(initrd) }),
    ...(xen?.kind === 'image' && {
      xen: { ...xen, image: apart(xen.image), frames: apart(xen.frames), tables: apart(xen.tables) },
    }),
  };
}

/** TypeScript has checked all this already; callers from JavaScript would get a TypeError from somewhere deep. */
function checkKinds(
  memory: PhysicalMemory,
  { profile, frames, kernel, initrd, commandLine, xen, tables, updates, reuse }: BuildOptions,
): void {
  const refuse = (what: string): never => {
    throw new BuildError('bad-option', what);
  };
  if (!(memory instanceof PhysicalMemory))
    refuse('memory is no PhysicalMemory: a domain is built in RAM of its own');
  if (!Object.hasOwn(PROFILES, profile))
    refuse(`profile '${profile}' is none of ${Object.keys(PROFILES).join(', ')}`);
  if (!(frames instanceof Uint32Array)) refuse('frames is no Uint32Array');
  if (!(kernel instanceof Uint8Array)) refuse('kernel is no Uint8Array: give the bytes of the file');
  if (initrd !== undefined && !(initrd instanceof Uint8Array))
    refuse('initrd is no Uint8Array: give the bytes of the file, or leave it out');
  if (commandLine !== undefined && typeof commandLine !== 'string') refuse('commandLine is no string');
  if (xen !== undefined && xen?.kind !== 'slots' && xen?.kind !== 'image')
    refuse("xen is neither { kind: 'slots' } nor { kind: 'image' }; leave it out for neither");
  if (tables !== undefined && tables !== 'written' && tables !== 'cleared')
    refuse(`tables '${tables}' is neither 'written' nor 'cleared'`);
  if (updates !== undefined && updates !== 'listed' && updates !== 'none')
    refuse(`updates '${updates}' is neither 'listed' nor 'none'`);
  if (reuse !== undefined) {
    const { frames: oldFrames, updates: oldUpdates } = reuse ?? {};
    if (!(oldFrames instanceof Uint32Array && oldUpdates instanceof Uint32Array))
      refuse('reuse has no Uint32Arrays frames and updates: give an earlier domain, or leave it out');
    if (overlap(oldFrames, oldUpdates))
      refuse('reuse.frames and reuse.updates overlap: give an earlier domain, whose arrays are apart');
    if (memory.isBehind(oldFrames) || memory.isBehind(oldUpdates))
      refuse('reuse.frames or reuse.updates lies in the RAM that the domain is built in');
  }
  if (updates === 'none' && tables === 'cleared')
    refuse('tables that are only cleared need the updates: nothing else says what belongs in them');
  if (PROFILES[profile].order === 'upwards' && (tables === 'cleared' || xen !== undefined))
    refuse(`profile '${profile}' has neither cleared tables nor a Xen; leave out tables and xen`);
  if (tables === 'cleared' && xen !== undefined)
    refuse('xen cannot be placed in tables that are only cleared: it places itself when it gets the updates');
  if (xen?.kind === 'image') {
    if (!(xen.image instanceof Uint8Array)) refuse('xen.image is no Uint8Array');
    if (!(xen.frames instanceof Uint32Array)) refuse('xen.frames is no Uint32Array');
    if (!(xen.tables instanceof Uint32Array)) refuse('xen.tables is no Uint32Array');
  }
}
