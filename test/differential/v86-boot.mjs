/**
 * Boots the ROM in v86, the x86 emulator in JavaScript: `node v86-boot.mjs ROM STREAM REPORTS`. It has 32-bit and PAE
 * paging only. A process of its own, so that it can be stopped like the other emulators.
 *
 * Its readable build is used, since the ports that the ROM writes to are reached through names that the other build
 * shortens.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const RAM_BYTES = 0x400_0000;
const STREAM_ADDRESS = 0x100_0000;
/** Where the ROM reports a byte, and where it ends the emulation. */
const REPORT_PORT = 0xe9;
const EXIT_PORT = 0xf4;

const [rom, stream, reports] = process.argv.slice(2);
const build = join(dirname(createRequire(import.meta.url).resolve('v86/package.json')), 'build');
const { V86 } = await import(join(build, 'libv86-debug.mjs'));
const output = [];
const machine = new V86({
  wasm_path: join(build, 'v86.wasm'),
  memory_size: RAM_BYTES,
  vga_memory_size: 1 << 20,
  bios: { buffer: new Uint8Array(readFileSync(rom)).buffer },
  autostart: false,
  log_level: 0,
});
const save = () => writeFileSync(reports, Uint8Array.from(output));
// What was reported until then counts: v86 has no triple fault, and ends in endless recursion instead.
for (const end of ['SIGTERM', 'uncaughtException']) {
  process.on(end, () => {
    save();
    process.exit(1);
  });
}
machine.add_listener('emulator-loaded', () => {
  const { io } = machine.v86.cpu;
  io.register_write(REPORT_PORT, {}, (byte) => output.push(byte));
  io.register_write(EXIT_PORT, {}, () => {
    save();
    process.exit(0);
  });
  machine.write_memory(new Uint8Array(readFileSync(stream)), STREAM_ADDRESS);
  machine.run();
});
