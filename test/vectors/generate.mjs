// `npm run generate:vectors`: writes the truth tables in vectors/. Node 20 does not read TypeScript, so Vite loads the rules.
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { runnerImport } from 'vite';

const load = async (file) =>
  (await runnerImport(new URL(file, import.meta.url).pathname, { configFile: false })).module;
const write = (name, data) => writeFileSync(new URL(`../../vectors/${name}`, import.meta.url), data);

const narrow = await load('./make-table.ts');
write('truth-table.json', narrow.fileText(narrow.makeTable()));

const wide = await load('./make-wide-tables.ts');
for (const mode of wide.WIDE_MODES) {
  const table = { $schema: './wide.schema.json', ...wide.makeWideTable(mode) };
  write(`truth-table-${mode}.json.gz`, gzipSync(JSON.stringify(table), { level: 9 }));
}
