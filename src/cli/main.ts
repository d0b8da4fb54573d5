#!/usr/bin/env node
import { DescriptorSink } from './output.ts';
import { runCommandLine } from './run.ts';

const code = await runCommandLine(process.argv.slice(2), {
  stdout: new DescriptorSink(1, 'standard output', () => process.stdout),
  stderr: new DescriptorSink(2, 'standard error', () => process.stderr),
  env: process.env,
});
// Everything is written. Left to itself, Node would wait for V8's compiler threads first, and sometimes for ever: they
// wait for a garbage collection, which the waiting thread would have to do (nodejs/node#54918).
process.exit(code);
