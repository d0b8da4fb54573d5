// `npm run campaign:xen` and `npm run mutants:xen`, after `npm run build`. Node 20 does not read TypeScript, so Vite,
// which the tests use anyway, loads the programs; the hypervisor is the built one, which is several times faster than
// what Vite makes of its sources.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const dist = fileURLToPath(new URL('../../../dist', import.meta.url));
const built = {
  ...(await import('../../../dist/xen/index.js')),
  ...(await import('../../../dist/memory/index.js')),
};
const [program, ...args] = process.argv.slice(2);
const { module } = await runnerImport(new URL(`./${program}.ts`, import.meta.url).pathname, {
  configFile: false,
});
process.exitCode = await module.main(args, { built, dist, load: (url) => import(url) });
