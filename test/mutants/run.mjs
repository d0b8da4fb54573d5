// `npm run mutants`: plants mistakes one by one and runs the tests that must notice. Node 20 does not read TypeScript,
// so Vite loads the program.
import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL('./main.ts', import.meta.url).pathname, { configFile: false });
process.exitCode = await module.main(process.argv.slice(2));
