import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { JsonStream } from '../../src/cli/qemu/json-stream.ts';
import type { QmpAddress } from '../../src/cli/qemu/qmp-address.ts';
import { parseQmpAddress } from '../../src/cli/qemu/qmp-address.ts';
import { QmpClient } from '../../src/cli/qemu/qmp-client.ts';
import { QmpError } from '../../src/cli/qemu/qmp-error.ts';
import { ramRanges } from '../../src/cli/qemu/ram-map.ts';
import { type FakeOptions, FakeQemu, mtree } from './fake-qemu.ts';

let qemu: FakeQemu | undefined;
afterEach(() => qemu?.stop());
async function fake(options: Partial<FakeOptions>): Promise<QmpAddress> {
  qemu = await FakeQemu.start({ ram: new Uint8Array(4096), registers: '', ...options });
  return parseQmpAddress(qemu.address, false);
}

/** Cuts a text at some places. */
function pieces(text: string, cuts: readonly number[]): string[] {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, i) => text.slice(at[i], end));
}

/** What a stream makes of pieces: objects, then perhaps the documented error. */
function taken(parts: readonly string[]): unknown[] {
  const stream = new JsonStream();
  return parts.flatMap((part) => stream.push(part));
}

describe('JsonStream', () => {
  it('gives the same objects however their text is cut and laid out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })),
        fc.array(fc.nat()),
        fc.boolean(),
        (objects, cuts, pretty) => {
          const text = objects.map((each) => JSON.stringify(each, null, pretty ? 4 : 0)).join('\r\n');
          expect(taken(pieces(text, cuts))).toEqual(objects.map((each) => JSON.parse(JSON.stringify(each))));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('refuses anything else with a QmpError, and ends', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('{', '}', '"', '\\', '[', ']', '{"a": "\\', '\r\n', '{"QMP": {}}'),
    );
    fc.assert(
      fc.property(fc.array(piece), (parts) => {
        try {
          for (const object of taken(parts)) expect(typeof object).toBe('object');
        } catch (error) {
          expect(error).toBeInstanceOf(QmpError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('QmpClient', () => {
  it.each([
    ['the monitor for people', "QEMU 7.2.1 monitor - type 'help'\r\n(qemu) ", /monitor for people, not QMP/],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', /what answers is not QMP: "HTTP/],
    ['broken JSON', '{"QMP": nonsense}\r\n', /a message is no JSON/],
    ['a message without end', `{"QMP": "${'x'.repeat(17 * 2 ** 20)}`, /more than 16777216 characters/],
  ])('says what it is if %s answers', async (_, greeting, message) => {
    await expect(QmpClient.connect(await fake({ greeting }), 20_000)).rejects.toThrow(message);
  });

  it('says that somebody else may be connected if no greeting comes', async () => {
    const address = await fake({ greeting: '' });
    await expect(QmpClient.connect(address, 50)).rejects.toThrow('is somebody else connected to it?');
  });

  it('does not take a late answer for that to the next command', async () => {
    const client = await QmpClient.connect(await fake({ replies: { stop: 'hang' } }), 500);
    await expect(client.execute('stop')).rejects.toThrow('no answer to stop within 0.5 s');
    await expect(client.execute('cont')).rejects.toThrow('no answer to stop within 0.5 s');
  });

  it('refuses an answer that is none, and tells of a closed connection ever after', async () => {
    const client = await QmpClient.connect(
      await fake({ replies: { a: { raw: '{"id": 2}' }, b: 'close' } }),
      20_000,
    );
    await expect(client.execute('a')).rejects.toThrow("neither 'return' nor 'error'");
    await expect(client.execute('b')).rejects.toThrow('QEMU closed the connection');
    await expect(client.execute('c')).rejects.toThrow('QEMU closed the connection');
  });

  it('survives whatever a server says', async () => {
    const said = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.jsonValue().map((value) => JSON.stringify({ QMP: value, return: value, error: value, id: 1 })),
      fc.jsonValue().map((value) => JSON.stringify({ error: value, id: 1 })),
    );
    await fc.assert(
      fc.asyncProperty(said, said, async (greeting, raw) => {
        const address = await fake({ greeting, replies: { qmp_capabilities: { raw }, x: { raw } } });
        try {
          const client = await QmpClient.connect(address, 25);
          await client.execute('x');
          client.close();
        } catch (error) {
          expect(error).toBeInstanceOf(QmpError);
        } finally {
          qemu?.stop();
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('ramRanges', () => {
  it('takes RAM and ROM of what CPUs see, and joins neighbours', () => {
    expect(ramRanges(mtree(0x20_0000))).toEqual([
      { start: 0, end: 0xa_0000 },
      { start: 0xc_0000, end: 0x20_0000 },
    ]);
  });

  it('refuses a text that does not tell', () => {
    expect(() => ramRanges('FlatView #0\r\n')).toThrow('it names no RAM');
    const twisted = mtree(0x20_0000).replace('00000000000d0000-', '00000000000c0000-');
    expect(() => ramRanges(twisted)).toThrow('not in order at 0x00000000000c0000');
    const endless = mtree(0x20_0000).replace('00000000001fffff', 'ffffffffffffffff');
    expect(() => ramRanges(endless)).toThrow('a region ends at 0xffffffffffffffff');
  });

  it('gives ranges in order, or a QmpError, whatever the text', () => {
    const text = mtree(0x20_0000);
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.nat(40),
        (at, put, cut) => {
          try {
            let before = -1;
            for (const { start, end } of ramRanges(text.slice(0, at) + put + text.slice(at + cut))) {
              expect(start > before && end > start && end <= 2 ** 52).toBe(true);
              before = end;
            }
          } catch (error) {
            expect(error).toBeInstanceOf(QmpError);
          }
        },
      ),
    );
  });
});
