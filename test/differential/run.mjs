import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL(process.env.M ?? './main.ts', import.meta.url).pathname);
process.exitCode = await module.main(process.argv.slice(2));
