import { describe, expect, it } from 'vitest';
import type { Command, Invocation } from '../../src/cli/command.ts';
import { InputError, ReaderGone, UsageError } from '../../src/cli/errors.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import { inProcess, type Printed } from './run.ts';

/** A command line with one command, which does what it is told. */
function doing(run: (invocation: Invocation) => number | Promise<number>, env = {}): Promise<Printed> {
  const command: Command = { name: 'act', summary: '', operands: '', options: {}, examples: [], run };
  return inProcess(['act'], { commands: [command], env });
}

describe('a run', () => {
  it.each([
    [new UsageError('no such thing'), 2, 'x86-paging: no such thing\n'],
    [new InputError('bad file'), 3, 'x86-paging: bad file\n'],
    [new ReaderGone(), 0, ''],
    [
      new TypeError('x is undefined'),
      70,
      'x86-paging: a mistake in this program: x is undefined; X86_PAGING_TRACE=1 shows where\n',
    ],
  ])('ends with the code of what went wrong: %s', async (error, code, err) => {
    const act = (): never => {
      throw error;
    };
    expect(await doing(act)).toEqual({ code, out: '', err });
    expect(await doing(async () => act())).toEqual({ code, out: '', err });
  });

  it('shows where a mistake in this program is only when asked', async () => {
    const act = (): never => {
      throw new TypeError('x is undefined');
    };
    expect((await doing(act, { X86_PAGING_TRACE: '1' })).err).toContain('run.test.ts');
  });

  it('puts out what was printed before something went wrong', async () => {
    const { code, out } = await doing(({ print }) => {
      print('one');
      throw new InputError('two');
    });
    expect([code, out]).toEqual([3, 'one\n']);
  });

  it('keeps notes apart from the answer', async () => {
    const printed = await doing(({ print, note }) => {
      note('beside\x1b[2J');
      print('answer');
      return 1;
    });
    expect(printed).toEqual({ code: 1, out: 'answer\n', err: 'x86-paging: beside·[2J\n' });
  });

  it('ends by its code though nobody can be told', async () => {
    const closed = {
      columns: undefined,
      write() {
        throw new InputError('closed');
      },
      flush() {},
    };
    expect(await runCommandLine(['frob'], { stdout: closed, stderr: closed, env: {} })).toBe(2);
  });

  it('writes JSON that a terminal does not obey', async () => {
    const { out } = await doing(({ printJson }) => {
      printJson({ text: '\x9b31m\u202e\u2028\x7f' });
      return 0;
    });
    expect(out).toBe('{"text":"\\u009b31m\\u202e\\u2028\\u007f"}\n');
    expect(JSON.parse(out)).toEqual({ text: '\x9b31m\u202e\u2028\x7f' });
  });
});
