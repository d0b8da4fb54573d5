// `npm run test:guests`, after `npm run build`. Node 20 does not read TypeScript, so Vite, which the tests use anyway,
// loads the program.
import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL('./main.ts', import.meta.url).pathname, {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
