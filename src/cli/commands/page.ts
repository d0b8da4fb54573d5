import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { pathToFileURL } from 'node:url';
import { atMostOne, type Command, oneOperand, text } from '../command.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { machineFrom } from '../machine-source.ts';
import { parseCount } from '../numbers.ts';
import { machineFragment, PAGE_FILE } from '../page-link.ts';

export const page: Command = pageFor(PAGE_FILE);

/** The command that opens this file. */
export function pageFor(file: string): Command {
  return {
    name: 'page',
    summary: 'open the teaching page in a browser: one file, which needs no network',
    operands: '[FILE]',
    options: {
      'print-path': {
        type: 'boolean',
        help: 'print where the page is, with FILE the address that shows it, and open nothing',
      },
      serve: { type: 'boolean', help: 'serve it over HTTP to this machine, until interrupted' },
      port: { type: 'string', value: 'N', help: 'port to serve on, 1 to 65535 (default: a free one)' },
    },
    examples: [
      'x86-paging page',
      'x86-paging page counterexample.x86page',
      'cp "$(x86-paging page --print-path)" /media/stick/',
      'x86-paging page --serve --port 8080',
    ],
    async run({ values, operands, json, print, data, printJson, stdout }) {
      atMostOne(values, 'print-path', 'serve');
      const port = text(values, 'port');
      if (port !== undefined && values['serve'] !== true) throw new UsageError('--port goes with --serve');
      const wanted = port === undefined ? 0 : parseCount(port, '--port', 1, 65535);
      if (!existsSync(file)) {
        throw new InputError('the page is not built; in a checkout, npm run build:web builds it');
      }
      const shown = oneOperand('page', operands, 'file');
      const hash = shown === undefined ? '' : await hashOf(shown);
      const tell = (address: string): void => {
        if (json) printJson({ schema: 'x86-paging/page/1', path: file, address });
        else data(address);
      };
      const address = pathToFileURL(file).href + hash;
      if (values['print-path'] === true) {
        // A path has no place for what the page is to show.
        if (json || shown !== undefined) tell(address);
        else data(file);
        return EXIT.done;
      }
      if (values['serve'] === true) {
        const server = await serve(file, wanted);
        const { port: found } = server.address() as { port: number };
        tell(`http://127.0.0.1:${found}/${hash}`);
        stdout.flush();
        await new Promise((closed) => server.on('close', closed));
        return EXIT.done;
      }
      await openInBrowser(address);
      if (json) tell(address);
      else print(`opened ${file}`);
      return EXIT.done;
    },
  };
}

/** The end of a link that shows a machine. @throws InputError where it is too large for a link. */
async function hashOf(path: string): Promise<string> {
  const fragment = machineFragment(await machineFrom({ format: 'x86page' }, path));
  if (fragment !== undefined) return `#${fragment}`;
  throw new InputError(`${path} is too large for a link; open the page, and the file in it`);
}

/** A server of one file, for this machine alone. */
async function serve(file: string, port: number): Promise<Server> {
  const body = readFileSync(file);
  const server = createServer(({ method, url }, response) => {
    if (method !== 'GET' && method !== 'HEAD') response.writeHead(405).end();
    else if (url !== '/' && url !== '/x86-paging.html') response.writeHead(404).end();
    else {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': body.length });
      response.end(method === 'GET' ? body : undefined);
    }
  });
  return await new Promise((done, fail) => {
    server.on('error', ({ message }) => fail(new InputError(`cannot serve on port ${port}: ${message}`)));
    server.listen(port, '127.0.0.1', () => done(server));
  });
}

/** Opens an address as the user would: with what BROWSER names, else as the system does. */
async function openInBrowser(address: string): Promise<void> {
  const [program, ...args] = opener();
  await new Promise<void>((done, fail) => {
    const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true });
    child.on('error', () => {
      fail(
        new InputError(
          `no browser opens: '${program}' is not there; --print-path tells the file, --serve serves it`,
        ),
      );
    });
    child.on('spawn', () => {
      child.unref();
      done();
    });
  });
}

function opener(): [string, ...string[]] {
  const { BROWSER } = process.env;
  if (BROWSER) return [BROWSER];
  if (process.platform === 'darwin') return ['open'];
  // Not `start` alone, which is a word of the shell; the empty string is the window's title.
  if (process.platform === 'win32') return ['cmd', '/c', 'start', ''];
  return ['xdg-open'];
}
