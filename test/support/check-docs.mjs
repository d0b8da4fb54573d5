// `npm run check:docs`: every exported symbol has a docstring. A variant of a union is documented as a whole, above it: the
// properties inside such a type literal need no docstring each.

import { spawnSync } from 'node:child_process';

const { stdout, stderr, status } = spawnSync('npx', ['typedoc', '--emit', 'none'], {
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1' },
});
const lines = `${stdout}${stderr}`.split('\n').filter((line) => /\[(warning|error)\]/.test(line));
const found = lines.filter(
  (line) => !/\.__type\.\S+ \(Property\)|Found \d+ errors and \d+ warnings/.test(line),
);
for (const line of found) process.stderr.write(`${line}\n`);
if (status !== 0 && lines.length === 0) process.stderr.write(stderr);
process.exitCode = found.length > 0 || (status !== 0 && lines.length === 0) ? 1 : 0;
