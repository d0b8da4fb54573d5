import { isIP } from 'node:net';
import { UsageError } from '../errors.ts';

/** Where QEMU's `-qmp` listens. */
export type QmpAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** The most bytes that the path of a unix socket has, with its zero: `sun_path` of Linux's `sockaddr_un`. */
const MAX_PATH_BYTES = 108;

/**
 * Reads `unix:PATH` or `HOST:PORT`, the words of QEMU's `-qmp`; an IPv6 address stands in brackets.
 *
 * @param allowRemote - Also take a host that is not this machine: who can speak QMP can do anything to a guest, and
 * nothing of it is encrypted.
 * @throws UsageError
 */
export function parseQmpAddress(told: string, allowRemote: boolean): QmpAddress {
  if (told.startsWith('unix:')) {
    // What follows a comma are options of QEMU's, such as server=on.
    const path = told.slice('unix:'.length).replace(/,.*$/, '');
    if (path === '') throw new UsageError(`--qemu '${told}' names no socket; write unix:PATH`);
    if (Buffer.byteLength(path) >= MAX_PATH_BYTES)
      throw new UsageError(
        `the path of a socket has fewer than ${MAX_PATH_BYTES} bytes, and '${path}' has more`,
      );
    return { path };
  }
  const match = /^(?:tcp:)?(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(told);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new UsageError(`--qemu '${told}' is neither unix:PATH nor HOST:PORT, such as 127.0.0.1:4444`);
  }
  if (!allowRemote && !isLoopback(host)) {
    throw new UsageError(
      `'${host}' is not this machine, and QMP is neither encrypted nor guarded by a password; say --allow-remote if that is meant`,
    );
  }
  return { host, port };
}

/** Whether an address surely leads to this machine, so that it has the same files. */
export function isLocal(address: QmpAddress): boolean {
  return 'path' in address || isLoopback(address.host);
}

/** The address in words. */
export function addressText(address: QmpAddress): string {
  if ('path' in address) return `unix:${address.path}`;
  return isIP(address.host) === 6 ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host.toLowerCase() === 'localhost';
}
