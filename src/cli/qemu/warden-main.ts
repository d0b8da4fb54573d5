/** The program of a {@link Warden}. */

import { rmSync } from 'node:fs';
import { QmpClient } from './qmp-client.ts';
import { HELD, type WardenStart } from './warden.ts';

/** QEMU takes one client at a time, and may not have noticed yet that the one before is gone. */
const TRIES = 20;
const PAUSE_MS = 250;

const { address, folder } = JSON.parse(process.argv[2]!) as WardenStart;
let told = '';
for await (const piece of process.stdin.setEncoding('utf8')) told += piece;
if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
const isHeld = told.trimEnd().endsWith(HELD);
for (let tries = 0; isHeld && tries < TRIES; tries++) {
  try {
    const qmp = await QmpClient.connect(address, 5_000);
    await qmp.execute('cont');
    qmp.close();
    break;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
