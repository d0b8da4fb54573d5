/** The commands of native/peer.c, for peers in JavaScript: `load`, `linear`, `run`. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a peer does. */
export interface Peer {
  /** Takes RAM, whatever else is loaded later: `cr3` points to tables in it. */
  load?(file: string, bytes: number, cr3: number): void | Promise<void>;
  /** Takes a list of addresses, 32 bits each. */
  linear?(list: ArrayBuffer): void;
  /** Does a piece of work that often. @returns Nanoseconds of one repeat, and the hash of what the last gave. */
  run(work: string, repeats: number): string;
}

/** Answers the commands of standard input until it ends, and the process with it. */
export async function serve(peer: Peer): Promise<never> {
  let isLoaded = false;
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, ...args] = line.split(' ');
    if (command === 'load') {
      if (!isLoaded) await peer.load?.(args[0]!, Number(args[1]), Number(args[2]));
      isLoaded = true;
      console.log('ok');
    } else if (command === 'linear') {
      const bytes = readFileSync(args[0]!);
      peer.linear?.(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
      console.log('ok');
    } else if (command === 'run') {
      markForValgrind();
      const answer = peer.run(args[0]!, Number(args[1]));
      markForValgrind();
      console.log(answer);
    } else throw new Error(`not understood: ${line}`);
  }
  process.exit(0);
}

/** Calls `uv_os_getppid`, and nothing else does: by that, instructions.ts knows where work begins and ends. */
function markForValgrind(): void {
  void process.ppid;
}
