// `npm run generate:vectors`: writes vectors/truth-table.json. Node 20 does not read TypeScript, so Vite loads the rule.
import { writeFileSync } from 'node:fs';
import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL('./make-table.ts', import.meta.url).pathname, {
  configFile: false,
});
writeFileSync(
  new URL('../../vectors/truth-table.json', import.meta.url),
  module.fileText(module.makeTable()),
);
