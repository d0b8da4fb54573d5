import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import { noticesText, thirdParties } from '../tools/third-party.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const packageJson = JSON.parse(read('package.json')) as {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: object;
  readonly repository?: unknown;
};

/** Folders of src that other programs may import: those with an index. */
const published = readdirSync(join(root, 'src')).filter((name) =>
  existsSync(join(root, 'src', name, 'index.ts')),
);

const temporary: string[] = [];
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'x86-paging-package-'));
  temporary.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true });
});

describe('the package', () => {
  it('exports every folder with an index, and nothing else of the code', () => {
    const modules = Object.entries(packageJson.exports).filter(([, target]) => typeof target === 'object');
    expect(Object.fromEntries(modules)).toEqual(
      Object.fromEntries([
        ['.', { types: './dist/index.d.ts', default: './dist/index.js' }],
        ...published.map((name) => [
          `./${name}`,
          { types: `./dist/${name}/index.d.ts`, default: `./dist/${name}/index.js` },
        ]),
      ]),
    );
  });

  it('exports only files that are there', () => {
    for (const target of Object.values(packageJson.exports)) {
      for (const file of typeof target === 'string' ? [target] : Object.values(target)) {
        // Of a pattern, the folder.
        expect([file, existsSync(join(root, file.replace(/\*$/, '')))]).toEqual([file, true]);
      }
    }
  });

  it('documents what it exports', () => {
    const { entryPoints } = JSON.parse(read('typedoc.json')) as { entryPoints: string[] };
    expect([...entryPoints].sort()).toEqual(
      ['src/index.ts', ...published.map((name) => `src/${name}/index.ts`)].sort(),
    );
  });

  it('needs one other package, which needs none', () => {
    expect(Object.keys(packageJson.dependencies ?? {})).toEqual(['pako']);
    const pako = JSON.parse(read('node_modules/pako/package.json')) as typeof packageJson;
    expect(Object.keys(pako.dependencies ?? {})).toEqual([]);
  });

  it('holds what is of use and no traces of its making', () => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths.filter((path) => /tsbuildinfo|tsconfig|\.test\.|node_modules/.test(path))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        // What help texts name.
        'docs/builders.md',
        'docs/lenses.md',
        'examples/small-kernel.ts',
        'dist/cli/main.js',
        'src/mmu/mmu.ts',
        'vectors/truth-table.json',
        'vectors/schema.json',
        'vectors/truth-table-5-level.json.gz',
      ]),
    );
  });

  it('has one version in all its files', () => {
    const [, inCitation] = /^version: (.+)$/m.exec(read('CITATION.cff')) ?? [];
    const [, inChangelog] = /^## (\d+\.\d+\.\d+)/m.exec(read('CHANGELOG.md')) ?? [];
    expect([inCitation, inChangelog]).toEqual([packageJson.version, packageJson.version]);
  });
});

describe('the notices of third parties', () => {
  it('stand in the built page and beside it, for every package whose code is in it', async () => {
    const outDir = temporaryFolder();
    await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'silent', build: { outDir } });
    const notices = readFileSync(join(outDir, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const page = readFileSync(join(outDir, 'x86-paging.html'), 'utf8');
    const preact = read('node_modules/preact/LICENSE').trim();
    const pako = read('node_modules/pako/LICENSE').trim();
    for (const text of [notices, page]) {
      expect(text).toContain(preact);
      expect(text).toContain(pako);
      expect(text).toContain(read('LICENSE').trim());
    }
    const comment = page.slice(page.lastIndexOf('<!--') + 4, page.lastIndexOf('-->'));
    expect(comment).toContain(preact);
    expect(comment).not.toContain('--');
  });

  it('name each package once, also of a scope, and refuse one without a licence', () => {
    const folder = temporaryFolder();
    const make = (name: string, license?: string): string => {
      const at = join(folder, 'node_modules', name);
      mkdirSync(at, { recursive: true });
      writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version: '1.0.0', license: 'ISC' }));
      if (license !== undefined) writeFileSync(join(at, 'LICENSE.md'), `${license}\n`);
      return join(at, 'dist/index.js');
    };
    const modules = [make('b', 'Copyright B'), make('@scope/a', 'Copyright A'), join(folder, 'src/own.ts')];
    const parties = thirdParties([...modules, ...modules]);
    expect(parties.map(({ name, text }) => [name, text])).toEqual([
      ['@scope/a', 'Copyright A'],
      ['b', 'Copyright B'],
    ]);
    expect(noticesText('Copyright us', parties)).toMatch(
      /^x86-paging\n\nCopyright us\n\n=+\n\n@scope\/a 1\.0\.0 \(ISC\)/,
    );
    expect(() => thirdParties([make('c')])).toThrow('c has no licence file');
  });
});
