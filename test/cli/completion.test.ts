import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { inProcess, x86paging } from './run.ts';

const script = x86paging(['completion', 'bash']).out;
const hasFish = spawnSync('fish', ['--version']).status === 0;

/** What bash offers after these words, the last of which is being typed. */
function offered(...words: string[]): string[] {
  const quoted = ['x86-paging', ...words].map((word) => `'${word}'`).join(' ');
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-s'], {
    input: `${script}\nCOMP_WORDS=(${quoted})\nCOMP_CWORD=${words.length}\n_x86_paging\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
  });
  expect(stderr.toString()).toBe('');
  return stdout.toString().split('\n').filter(Boolean);
}

describe('completion', () => {
  it('offers every command of the overview', () => {
    const overview = x86paging(['--help']).out;
    const commands = [...overview.matchAll(/^ {2}([a-z]+) +[a-z]/gm)].map(([, name]) => name);
    expect(offered('').filter((word) => !word.startsWith('-') && word !== 'help')).toEqual(commands);
    expect(offered('ver')).toEqual(['verify']);
    expect(offered('help', 'ma')).toEqual(['map']);
  });

  it('offers the options of the command, once one is begun', () => {
    expect(offered('exercise', '--s')).toEqual(['--seed', '--student']);
    expect(offered('walk', '0', '--c')).toContain('--cr3');
    expect(offered('verify', '')).toEqual([]);
  });

  it('offers the values of options that have few, and leaves files to the shell', () => {
    expect(offered('exercise', '--kind', '')).toEqual(['translate', 'fault', 'alias', 'fix']);
    expect(offered('walk', '0', '--access', 'user-w')).toEqual(['user-write']);
    expect(offered('build', '--profile', '')).toEqual(['xen-1.2', 'document', 'xen-2.0', 'xen-3.0']);
    expect(offered('build', '--kernel', '')).toEqual([]);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('tells zsh to run it', () => {
    expect(x86paging(['completion', 'zsh']).out).toBe(
      `autoload -U +X bashcompinit && bashcompinit\n${script}`,
    );
  });

  it.each([
    [[], "completion needs one shell, bash, zsh or fish; given is ''"],
    [['tcsh'], "completion needs one shell, bash, zsh or fish; given is 'tcsh'"],
    [['bash', 'zsh'], 'completion takes one shell, bash, zsh or fish, and 2 are given'],
  ])('refuses %j', async (shells: string[], message) => {
    const { code, err, out } = await inProcess(['completion', ...shells]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
  });
});

describe('completion for fish', () => {
  const lines = x86paging(['completion', 'fish']).out.trimEnd().split('\n');

  it('is made of commands of fish, each word of which is quoted', () => {
    for (const line of lines) {
      expect(line).toMatch(
        /^complete -c x86-paging( -[fFrx]| -[anlsd] ([a-zA-Z0-9-]+|'([^'\\]|\\['\\])*'))*$/,
      );
    }
  });

  it('knows commands, options, their values, and where a file may stand', () => {
    const has = (...parts: string[]): boolean =>
      lines.some((line) => parts.every((part) => line.includes(part)));
    expect(has("-n 'not __fish_seen_subcommand_from", '-a walk', 'translate linear addresses')).toBe(true);
    expect(has("seen_subcommand_from walk'", '-l access -x', 'user-write')).toBe(true);
    expect(has("seen_subcommand_from build'", '-l kernel -r -F')).toBe(true);
    expect(has("seen_subcommand_from verify' -F")).toBe(true);
    expect(has("seen_subcommand_from completion' -a 'bash zsh fish'")).toBe(true);
    expect(has("seen_subcommand_from map'", '-l help -s h')).toBe(true);
  });

  it.runIf(hasFish)('is taken by fish itself', () => {
    const script = `${lines.join('\n')}\ncomplete -C 'x86-paging walk 0 --access user-w'`;
    const { stdout } = spawnSync('fish', ['--no-config'], { input: script });
    expect(stdout.toString()).toContain('--access');
  });
});
