/**
 * A tiny root file system for Linux: busybox and an init that mounts what there is, starts a process that sleeps, and says
 * that it is ready. In cpio's "newc" format.
 * Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */

export const READY = 'GUEST-READY';

const INIT = `#!/bin/busybox sh
/bin/busybox mkdir /proc /sys
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox sleep 100000 &
echo ${READY}
exec /bin/busybox sleep 100000
`;

/** @param busybox - The program, linked statically. */
export function initramfs(busybox: Uint8Array): Uint8Array {
  return Buffer.concat([
    entry('dev', 0o040755, new Uint8Array(0)),
    // The console, which init's output goes to: character device 5:1.
    entry('dev/console', 0o020600, new Uint8Array(0), 5, 1),
    entry('bin', 0o040755, new Uint8Array(0)),
    entry('bin/busybox', 0o100755, busybox),
    entry('init', 0o100755, Buffer.from(INIT)),
    entry('TRAILER!!!', 0, new Uint8Array(0)),
  ]);
}

let inode = 0;

function entry(name: string, mode: number, content: Uint8Array, major = 0, minor = 0): Buffer {
  const fields = [++inode, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, name.length + 1, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([padded(Buffer.from(`${header}${name}\0`)), padded(content)]);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
