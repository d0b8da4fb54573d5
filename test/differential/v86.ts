/**
 * Runs the ROM in v86, the x86 emulator in JavaScript, inside this process. It has 32-bit and PAE paging only.
 * Its readable build is used, since the ports that the ROM writes to are reached through names that the other
 * build shortens.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { assembleRom } from './emulators.ts';
import { RAM_SIZE, STREAM } from './layout.ts';

/** The part of v86 that is used here. */
interface V86Machine {
  add_listener(event: 'emulator-loaded', listener: () => void): void;
  write_memory(bytes: Uint8Array, address: number): void;
  run(): void;
  stop(): void;
  destroy(): Promise<void>;
  readonly v86: {
    readonly cpu: {
      readonly io: { register_write(port: number, device: object, write: (value: number) => void): void };
    };
  };
}

const packageFile: string = createRequire(import.meta.url).resolve('v86/package.json');
const build: string = join(dirname(packageFile), 'build');

/** The version of v86 that is installed. */
export function v86Version(): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}

/** Boots the 32-bit ROM with a stream, waits for the end of the reports, and returns them. */
export async function runV86(stream: Uint8Array, timeoutSeconds: number): Promise<Uint8Array> {
  const { V86 } = (await import(join(build, 'libv86-debug.mjs'))) as {
    V86: new (options: object) => V86Machine;
  };
  const rom = readFileSync(assembleRom(32));
  const output: number[] = [];
  const machine = new V86({
    wasm_path: join(build, 'v86.wasm'),
    memory_size: RAM_SIZE,
    vga_memory_size: 1 << 20,
    bios: { buffer: new Uint8Array(rom).buffer },
    autostart: false,
    log_level: 0,
  });
  await new Promise<void>((done) => {
    const timer = setTimeout(done, timeoutSeconds * 1000);
    machine.add_listener('emulator-loaded', () => {
      const { io } = machine.v86.cpu;
      io.register_write(0xe9, {}, (byte) => output.push(byte));
      io.register_write(0xf4, {}, () => {
        clearTimeout(timer);
        done();
      });
      machine.write_memory(stream, STREAM);
      machine.run();
    });
  });
  machine.stop();
  await machine.destroy();
  return Uint8Array.from(output);
}
