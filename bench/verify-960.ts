/**
 * How long the proof of the largest domain takes: 960 MiB from 0xC0000000 to 0xFC000000, its frames scattered, with
 * Xen's directory slots above it. All 2^20 pages are walked for 6 kinds of access each.
 *
 * Usage: npm run bench:verify [-- RUNS]
 */
import { cpus } from 'node:os';
import { buildDomain, packKernel } from 'x86-paging/builder';
import { FrameAllocator, PhysicalMemory } from 'x86-paging/memory';
import { verifyDomain } from 'x86-paging/verify';

const PAGES = 245_760;
const WALKS = 6 * 2 ** 20;
/** Xen keeps machine memory below 44 MiB. */
const FIRST_FRAME = 0x2c00;
const SHARED_INFO = 0x120;

const runs = Number(process.argv[2] ?? 11);
if (!(Number.isInteger(runs) && runs >= 1)) {
  console.error(`number of runs '${process.argv[2]}' is not a whole number from 1 up`);
  process.exit(2);
}

const memory = new PhysicalMemory(2 ** 30 + 64 * 2 ** 20);
const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: FIRST_FRAME }] });
const domain = buildDomain(memory, {
  profile: 'xen-1.2',
  frames: allocator.allocate(PAGES, { order: 'scattered', seed: 7 }),
  sharedInfoFrame: SHARED_INFO,
  kernel: packKernel(new Uint8Array(100_000).fill(0x90), 0xc000_0000),
  commandLine: 'root=/dev/ram0',
  xen: { kind: 'slots' },
});

const times: number[] = [];
for (let run = 0; run < runs; run++) {
  const start = performance.now();
  const { ok, claims } = verifyDomain(memory, domain);
  times.push(performance.now() - start);
  if (!ok) {
    for (const { counterexample } of claims) if (counterexample) console.error(counterexample.text);
    process.exit(1);
  }
}

const [first = 0] = times;
const sorted = [...times].sort((a, b) => a - b);
const median = sorted[sorted.length >> 1] ?? 0;
const processors = cpus();
const ms = (time: number): string => `${time.toFixed(0)} ms`;

console.log(`machine  ${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} CPUs`);
console.log(`node     ${process.version}, V8 ${process.versions.v8}, ${process.platform} ${process.arch}`);
console.log(`date     ${new Date().toISOString().slice(0, 10)}`);
console.log(`domain   ${PAGES} pages, 960 MiB; 2^20 pages × 6 kinds of access = ${WALKS} translations a run`);
console.log(`runs     ${runs}, all claims hold in each`);
console.log(`first    ${ms(first)}`);
console.log(
  `median   ${ms(median)}, ${((median * 1e6) / WALKS).toFixed(0)} ns a translation, all claims judged`,
);
console.log(`spread   ${ms(sorted[0] ?? 0)} to ${ms(sorted.at(-1) ?? 0)}`);
