import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { x86paging } from './run.ts';

const script = x86paging(['completion', 'bash']).out;

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
    expect(offered('build', '--profile', '')).toEqual(['xen-1.2', 'document']);
    expect(offered('build', '--kernel', '')).toEqual([]);
    expect(offered('completion', '')).toEqual(['bash', 'zsh']);
  });

  it('tells zsh to run it', () => {
    expect(x86paging(['completion', 'zsh']).out).toBe(
      `autoload -U +X bashcompinit && bashcompinit\n${script}`,
    );
  });

  it.each([[[]], [['fish']], [['bash', 'zsh']]])('refuses %j', (shells: string[]) => {
    const { code, err, out } = x86paging(['completion', ...shells]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(`completion needs one shell, bash or zsh; given is '${shells.join(' ')}'`);
  });
});
