import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Message = { execute: string; arguments?: Record<string, unknown>; id?: unknown };
/** What a command is answered with: a value, or what a server in trouble does. */
type Reply =
  | { readonly value: unknown }
  | { readonly error: string }
  | { readonly raw: string }
  | 'hang'
  | 'close';

const GREETING = `{"QMP": {"version": {"qemu": {"micro": 1, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n`;

export interface FakeOptions {
  /** The guest's memory from address 0 on. */
  readonly ram: Uint8Array;
  /** What `info registers -a` prints. */
  readonly registers: string;
  /** What comes before any command. */
  readonly greeting?: string;
  /** By command, or by a line of the monitor: another reply. */
  readonly replies?: Readonly<Record<string, Reply>>;
  readonly running?: boolean;
  /** Is told of each command before it is answered. */
  readonly onCommand?: (name: string, args: Readonly<Record<string, unknown>>) => void;
  /** Listens on a port instead of a unix socket. */
  readonly tcp?: boolean;
}

/** As QEMU prints it, with a device in the middle and a second view that is not what CPUs see. */
export function mtree(end: number): string {
  const hex = (address: number): string => address.toString(16).padStart(16, '0');
  return [
    'FlatView #0',
    ' AS "I/O", root: io',
    ' Root memory region: io',
    '  0000000000000000-0000000000000007 (prio 0, i/o): dma-chan',
    '',
    'FlatView #1',
    ' AS "memory", root: system',
    ' AS "cpu-memory-0", root: system',
    ' Root memory region: system',
    `  ${hex(0)}-${hex(0x9_ffff)} (prio 0, ram): pc.ram`,
    `  ${hex(0xa_0000)}-${hex(0xb_ffff)} (prio 1, i/o): vga-lowmem`,
    `  ${hex(0xc_0000)}-${hex(0xc_ffff)} (prio 0, rom): pc.ram @00000000000c0000`,
    `  ${hex(0xd_0000)}-${hex(end - 1)} (prio 0, ram): pc.ram @00000000000d0000`,
    '  00000000fec00000-00000000fec00fff (prio 0, i/o): kvm-ioapic',
    '',
  ].join('\r\n');
}

/** Speaks QMP as QEMU does, or not. */
export class FakeQemu {
  readonly address: string;
  /** What was asked, in order; of the monitor, the line. */
  readonly asked: string[] = [];
  running: boolean;
  readonly #server: Server;
  readonly #options: FakeOptions;
  readonly #folder: string;
  readonly #sockets = new Set<Socket>();

  static async start(options: FakeOptions): Promise<FakeQemu> {
    const folder = mkdtempSync(join(tmpdir(), 'fake-qemu-'));
    const server = createServer();
    const path = join(folder, 'qmp');
    await new Promise<void>((resolve) =>
      options.tcp ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
    );
    const bound = server.address();
    const address = typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : `unix:${path}`;
    return new FakeQemu(server, address, folder, options);
  }

  private constructor(server: Server, address: string, folder: string, options: FakeOptions) {
    this.#server = server;
    this.address = address;
    this.#folder = folder;
    this.#options = options;
    this.running = options.running ?? true;
    server.on('connection', (socket) => this.#serve(socket));
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.setEncoding('utf8');
    socket.write(this.#options.greeting ?? GREETING);
    let text = '';
    socket.on('data', (piece) => {
      text += String(piece);
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines) if (line.trim() !== '') this.#answer(socket, JSON.parse(line) as Message);
    });
  }

  #answer(socket: Socket, { execute, arguments: args = {}, id }: Message): void {
    const line = args['command-line'];
    const name = typeof line === 'string' ? line : execute;
    this.asked.push(name);
    this.#options.onCommand?.(name, args);
    const { replies = {} } = this.#options;
    const reply = replies[name] ?? replies[execute] ?? this.#usual(name, args);
    if (reply === 'hang') return;
    if (reply === 'close') socket.destroy();
    else if ('raw' in reply) socket.write(reply.raw);
    else {
      // Events come at any time; so does the end of a packet.
      const event = `{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "RTC_CHANGE", "data": {"offset": 0}}\r\n`;
      const answer =
        'value' in reply
          ? { return: reply.value, id }
          : { error: { class: 'GenericError', desc: reply.error }, id };
      const packet = `${event}${JSON.stringify(answer)}\r\n`;
      socket.write(packet.slice(0, packet.length >> 1));
      socket.write(packet.slice(packet.length >> 1));
    }
  }

  #usual(name: string, args: Record<string, unknown>): Reply {
    const { ram, registers } = this.#options;
    switch (name) {
      case 'qmp_capabilities':
        return { value: {} };
      case 'query-version':
        return { value: { qemu: { micro: 1, minor: 2, major: 7 }, package: '' } };
      case 'query-status':
        return { value: { running: this.running, status: this.running ? 'running' : 'paused' } };
      case 'stop':
      case 'cont':
        this.running = name === 'cont';
        return { value: {} };
      case 'info registers -a':
        return { value: registers };
      case 'info mtree -f':
        return { value: mtree(ram.length) };
      case 'pmemsave': {
        const { val, size, filename } = args as { val: number; size: number; filename: string };
        writeFileSync(filename, ram.subarray(val, val + size));
        return { value: {} };
      }
      default: {
        const [, count, at] = /^xp \/(\d+)wx (0x[0-9a-f]+)$/.exec(name) ?? [];
        if (count === undefined) return { error: `The command ${name} has not been found` };
        return { value: printed(ram, Number(at), Number(count)) };
      }
    }
  }
}

function printed(ram: Uint8Array, at: number, count: number): string {
  const view = new DataView(ram.buffer, ram.byteOffset, ram.length);
  let text = '';
  for (let i = 0; i < count; i++) {
    const address = at + 4 * i;
    if (i % 4 === 0) text += `${i > 0 ? '\r\n' : ''}${address.toString(16).padStart(16, '0')}:`;
    text += ` 0x${view.getUint32(address, true).toString(16).padStart(8, '0')}`;
  }
  return `${text}\r\n`;
}
