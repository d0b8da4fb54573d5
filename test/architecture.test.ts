import { describe, expect, it } from 'vitest';
import { allImports, importGraph, sourceFolders } from './support/source-files.ts';

/**
 * Which folder of src may import which others. Dependencies run one way; above all, the builder never sees the
 * MMU, so that walking what it built is an independent check.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  said: [],
  arch: ['said'],
  bytes: ['said'],
  wasm: [],
  memory: ['wasm', 'arch', 'said'],
  random: [],
  walk: ['memory', 'arch'],
  tlb: ['walk', 'arch'],
  mmu: ['tlb', 'walk', 'memory', 'wasm', 'arch', 'said'],
  abi: ['arch'],
  tables: ['memory', 'arch'],
  xen: ['mmu', 'memory', 'abi', 'arch', 'builder (types)'],
  dump: ['memory', 'bytes', 'arch', 'said'],
  builder: ['bytes', 'wasm', 'memory', 'abi', 'arch'],
  machine: ['mmu', 'walk', 'memory', 'builder', 'abi', 'arch', 'bytes', 'dump', 'said'],
  formats: ['machine', 'memory', 'builder (types)', 'said'],
  claims: ['mmu', 'walk', 'memory', 'arch', 'said'],
  counterexample: ['claims', 'machine', 'walk', 'memory', 'bytes', 'arch', 'said'],
  campaign: ['machine', 'claims', 'tables', 'memory', 'random', 'arch'],
  guard: ['claims', 'mmu', 'walk', 'memory', 'arch', 'said'],
  testing: ['campaign', 'claims', 'tables', 'builder', 'machine (types)', 'memory', 'arch', 'walk (types)'],
  verify: ['claims', 'mmu', 'walk', 'memory', 'abi', 'arch', 'builder (types)'],
  inspect: ['walk', 'memory', 'bytes', 'arch'],
  render: [
    'said',
    'inspect',
    'walk',
    'arch',
    'abi',
    'mmu',
    'claims (types)',
    'campaign (types)',
    'verify (types)',
    'counterexample (types)',
    'builder (types)',
    'xen (types)',
  ],
  vectors: ['mmu', 'memory', 'arch'],
  exercise: ['mmu', 'tables', 'memory', 'arch', 'random', 'render', 'bytes'],
  bench: ['mmu', 'memory', 'builder', 'abi', 'arch'],
};
/** The one package at run time, and the one file that knows it. */
const INFLATER = { file: 'bytes/inflate.ts', target: 'pako' };

/** Packages that a subpath needs beside this one; the user brings them. */
const PEERS: Readonly<Record<string, readonly string[]>> = { testing: ['fast-check'] };
/** They sit on top and may import everything. */
const TOPS = ['cli', 'web', 'index.ts'];

const imports = allImports();
const core = imports.filter(({ from }) => !TOPS.includes(from));

/** The folder that an import leads to; undefined for a package, or within a folder. */
function folderOf({ from, to }: (typeof imports)[number]): string | undefined {
  const folder = to?.split('/')[0];
  return folder === from ? undefined : folder;
}

describe('the folders of src', () => {
  it('are all named in the table of this test', () => {
    const known = [...Object.keys(ALLOWED), ...TOPS];
    expect(sourceFolders().filter((name) => !known.includes(name))).toEqual([]);
  });

  it('import only what the table allows', () => {
    const forbidden = core.filter((each) => {
      const to = folderOf(each);
      const allowed = ALLOWED[each.from] ?? [];
      const typesToo = each.typesOnly && allowed.includes(`${to} (types)`);
      return to !== undefined && !allowed.includes(to) && !typesToo;
    });
    expect(forbidden).toEqual([]);
  });

  it('import all that the table allows: no permission stands there unused', () => {
    const unused = Object.entries(ALLOWED).flatMap(([from, allowed]) =>
      allowed
        .filter((permission) => {
          const [folder] = permission.split(' ');
          return !core.some((each) => each.from === from && folderOf(each) === folder);
        })
        .map((permission) => `${from} -> ${permission}`),
    );
    expect(unused).toEqual([]);
  });

  it('use one package at run time, in one place, and nothing of Node', () => {
    const isPeer = ({ from, target }: (typeof imports)[number]): boolean =>
      PEERS[from]?.includes(target) === true;
    const packages = core.filter((each) => each.to === undefined && !isPeer(each));
    expect(packages.map(({ file, target }) => ({ file, target }))).toEqual([INFLATER]);
  });

  it('are found by this test at all', () => {
    expect(core.some((each) => each.from === 'mmu' && folderOf(each) === 'memory')).toBe(true);
  });
});

describe('the files of the repository', () => {
  it('import each other in no cycle, types included', () => {
    const graph = importGraph(['src', 'proof', 'bench', 'test', 'tools']);
    for (const many of [
      'src/index.ts',
      'proof/main.ts',
      'bench/main.ts',
      'test/mmu/model.property.test.ts',
    ]) {
      expect(graph.get(many)?.length, many).toBeGreaterThan(2);
    }
    expect(cyclesOf(graph)).toEqual([]);
  });

  it('would be caught in a cycle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['e']],
      ['e', ['b']],
    ]);
    expect(cyclesOf(graph)).toEqual(['b -> d -> e -> b']);
  });
});

/** Every way back that a walk through the graph, depth first, comes upon. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}
