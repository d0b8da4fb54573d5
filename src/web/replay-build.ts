/** A domain's tables as they are while it is being built: after so many of the builder's requests to Xen. */

import type { Domain } from '../builder/index.ts';
import type { Memory } from '../memory/index.ts';

/** First entry of a directory that is Xen's, in bytes from its start: slot 1008. */
const XEN_ENTRIES = 1008 * 4;

/** The frames that building writes to: the directory and the tables. */
export function builtFrames({ pageDirectory, pageTables }: Domain): number[] {
  return [pageDirectory / 4096, ...pageTables];
}

/** Number of requests that building takes. */
export function requestCount({ updates }: Domain): number {
  return updates.length / 2;
}

/**
 * Puts the tables into the state after `count` requests. The first pins the empty directory, and Xen puts its own
 * entries into it; each other changes at most one entry.
 *
 * @param xenEntries - Slots 1008 to 1023 of the directory, 64 bytes.
 * @throws RangeError if there are not so many requests.
 */
export function replayBuild(memory: Memory, domain: Domain, count: number, xenEntries: Uint8Array): void {
  const all = requestCount(domain);
  if (!(Number.isInteger(count) && count >= 0 && count <= all)) {
    throw new RangeError(`${count} requests: building takes 0 to ${all}`);
  }
  for (const frame of builtFrames(domain)) memory.write(frame * 4096, new Uint8Array(4096));
  if (count > 0) memory.write(domain.pageDirectory + XEN_ENTRIES, xenEntries);
  for (let i = 1; i < count; i++) {
    const pointer = domain.updates[2 * i]!;
    // The low two bits say what kind of request it is; 0 writes an entry, 2 tells where a frame belongs.
    if ((pointer & 3) === 0) memory.writeUint32(pointer, domain.updates[2 * i + 1]!);
  }
}

/** Xen's entries in a directory as it was. */
export function xenEntriesOf(directory: Uint8Array): Uint8Array {
  return directory.slice(XEN_ENTRIES);
}
