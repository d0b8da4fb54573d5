/** A program beside us that does the same work when it is asked to: C, or v86. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const COMPILER_FLAGS: readonly string[] = ['-O3', '-march=native'];

export interface PeerRun {
  /** Nanoseconds of one repeat. */
  readonly time: number;
  /** Hash of the results. */
  readonly hash: number;
}

export class PeerProcess {
  /** What it is, for the report. */
  readonly version: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(program: string, args: readonly string[], version: string) {
    this.version = version;
    this.#process = spawn(program, args);
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The C program, compiled into a folder. @returns undefined if this machine has no C compiler. */
  static c(source: string, folder: string): PeerProcess | undefined {
    const found = spawnSync('cc', ['--version'], { encoding: 'utf8' });
    if (found.status !== 0) return undefined;
    const program = join(folder, 'peer');
    execFileSync('cc', [...COMPILER_FLAGS, source, '-o', program]);
    return new PeerProcess(program, [], found.stdout.split('\n')[0] ?? 'cc');
  }

  /**
   * v86. In a process of its own: its memory grows, which detaches an ArrayBuffer, and from then on V8 checks for that
   * at every access to any typed array of the process. That would cost us a third.
   *
   * @returns undefined if v86 is not installed.
   */
  static v86(program: string): PeerProcess | undefined {
    const version = PeerProcess.v86Version();
    return version === undefined ? undefined : new PeerProcess(process.execPath, [program], version);
  }

  /** @returns undefined if v86 is not installed. */
  static v86Version(): string | undefined {
    try {
      return (createRequire(import.meta.url)('v86/package.json') as { version: string }).version;
    } catch {
      return undefined;
    }
  }

  /** This library in a process of its own. */
  static alone(program: string, ...args: readonly string[]): PeerProcess {
    return new PeerProcess(process.execPath, [program, ...args], process.version);
  }

  /** Sends a command and waits for its answer. */
  async ask(command: string): Promise<string> {
    this.#process.stdin.write(`${command}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the program ended at '${command}'`);
    return value;
  }

  async run(work: string, repeats: number): Promise<PeerRun> {
    const [time, hash] = (await this.ask(`run ${work} ${repeats}`)).split(' ').map(Number);
    return { time: time ?? Number.NaN, hash: hash ?? Number.NaN };
  }

  end(): void {
    this.#process.stdin.end();
  }
}
