// `npm run fuzz -- [--minutes N | --seconds N] [--seed N] [--only NAME]`: the time is for all targets together.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const TARGETS = 9;
const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seconds: { type: 'string', default: '42' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const total = values.minutes === undefined ? Number(values.seconds) : Number(values.minutes) * 60;
const seed = Number(values.seed);
if (!(total > 0 && Number.isInteger(seed) && seed >= 0)) {
  console.error('fuzz: --minutes and --seconds are numbers above 0, --seed is a whole number');
  process.exit(2);
}
const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'test/fuzz/vitest.config.ts'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    FUZZ_SECONDS: String(values.only === '' ? total / TARGETS : total),
    FUZZ_SEED: String(seed),
    FUZZ_ONLY: values.only,
  },
});
process.exitCode = status ?? 1;
