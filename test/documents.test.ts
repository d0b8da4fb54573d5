import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { anchorsOf, DOCUMENTS, examplesOf, proseOf, ROOT } from './support/documents.ts';

/** Source files, tests included, by their path in the project. */
const SOURCES = ['src', 'test', 'bench', 'tools'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'))
    .map((file) => `${folder}/${file}`),
);

describe('the links of the documents', () => {
  it.each(DOCUMENTS)('%s: lead to files and headings that are there', (document) => {
    const wrong: string[] = [];
    for (const [, target] of proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, anchor] = target!.split('#');
      const file = path === '' ? document : normalize(join(dirname(document), path!));
      if (!existsSync(join(ROOT, file))) wrong.push(target!);
      else if (anchor !== undefined && !anchorsOf(file).includes(anchor)) wrong.push(target!);
    }
    expect(wrong).toEqual([]);
  });
});

describe('what the sources cite', () => {
  it('is there: every document by its name, every section by its number', () => {
    const wrong: string[] = [];
    for (const file of SOURCES) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      for (const [cited, document] of text.matchAll(/\b(docs\/[\w.-]+\.md)\b(?:[ (§\d,and–]*§\d+)?/g)) {
        if (!existsSync(join(ROOT, document!))) {
          wrong.push(`${file}: ${document}`);
          continue;
        }
        const headings = readFileSync(join(ROOT, document!), 'utf8');
        for (const [, section] of cited.matchAll(/§(\d+)/g)) {
          if (!new RegExp(`^## ${section}\\. `, 'm').test(headings)) wrong.push(`${file}: ${cited}`);
        }
      }
      if (/\bfacts,? §|\bdetails §/i.test(text) && !file.endsWith('documents.test.ts'))
        wrong.push(`${file}: cites a document that nobody has`);
    }
    expect(wrong).toEqual([]);
  });

  it('is found by this test at all', () => {
    expect(SOURCES.length).toBeGreaterThan(300);
  });
});

/** TypeScript as a user of the package sets it up, strictly. */
const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: ['node'],
};

/** Programs for people who use the package: whole, with their imports. */
const EXAMPLES = DOCUMENTS.flatMap((document) =>
  examplesOf(document).map((example, i) => ({ ...example, name: `${document}, example ${i + 1}` })),
);
/** An example that is a test runs as one. */
const isTest = (text: string): boolean => text.includes("from 'vitest'");

// In the project's own folder, so that the package finds itself by its name.
const folder = join(ROOT, 'build/examples');

describe('the examples of the documents', () => {
  it('compile in strict TypeScript', () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // Else the project's own would be found.
    writeFileSync(join(folder, 'vitest.config.mjs'), "export default { test: { include: ['*.test.mjs'] } };");
    const files = EXAMPLES.map(({ text }, i) => {
      const file = join(folder, `example-${i}.${isTest(text) ? 'test.' : ''}mts`);
      writeFileSync(file, text);
      return file;
    });
    const program = ts.createProgram(files, { ...STRICT, rootDir: folder, outDir: folder });
    const complaints = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const which = EXAMPLES[files.indexOf(file?.fileName ?? '')]?.name ?? file?.fileName;
      return `${which}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
    expect(complaints).toEqual([]);
    expect(program.emit().emitSkipped).toBe(false);
  });

  it.each(EXAMPLES.map((example, i) => ({ ...example, i })))(
    'do what they say: $name',
    ({ text, output, i }) => {
      if (isTest(text)) {
        const vitest = join(ROOT, 'node_modules/.bin/vitest');
        const { status, stdout } = spawnSync(vitest, ['run', '--root', folder, `example-${i}.test.mjs`], {
          encoding: 'utf8',
        });
        expect([status, stdout]).toEqual([0, stdout]);
        return;
      }
      const { stdout, stderr } = spawnSync(process.execPath, [join(folder, `example-${i}.mjs`)], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      const printed = stdout
        .split('\n')
        .map((line) => line.trimEnd())
        .filter((line) => line !== '');
      const comments = [...text.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map((match) => match[1]!);
      const promised = output?.split('\n').filter((line) => line !== '') ?? comments;
      // What follows a colon explains.
      expect(printed).toEqual(
        promised.map((line, at) => (line.startsWith(`${printed[at]}: `) ? printed[at] : line)),
      );
      expect(promised.length).toBeGreaterThan(0);
    },
  );
});
