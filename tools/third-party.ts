import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package whose code went into a build. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** Its licence as its package.json names it. */
  readonly license: string;
  /** The licence in full, with the copyright notice. */
  readonly text: string;
}

/** The file of a licence, whatever a package calls it. */
const LICENSE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'LICENCE.md', 'COPYING'];

/**
 * The packages that modules come from, each once, by name.
 *
 * @param moduleIds - Paths of all modules of a bundle.
 * @throws Error for a package without a licence: it must not be shipped.
 */
export function thirdParties(moduleIds: Iterable<string>): ThirdParty[] {
  const folders = new Set<string>();
  for (const id of moduleIds) {
    const folder = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].map(readPackage).sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function readPackage(folder: string): ThirdParty {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = LICENSE_FILES.map((candidate) => join(folder, candidate)).find(existsSync);
  if (file === undefined) throw new Error(`${name} has no licence file, so it cannot be shipped`);
  return { name, version, license, text: readFileSync(file, 'utf8').trim() };
}

/** What must accompany a build: who wrote which part of it, and under which terms. */
export function noticesText(own: string, parties: readonly ThirdParty[]): string {
  const parts = parties.map(
    ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`,
  );
  const line = `\n\n${'='.repeat(72)}\n\n`;
  return `${[`x86-paging\n\n${own.trim()}`, ...parts].join(line)}\n`;
}
