/** Every command, in the order of the overview. A new one is a file beside this one and a line here. */

import type { Command } from '../command.ts';
import { bench } from './bench.ts';
import { build } from './build.ts';
import { campaign } from './campaign.ts';
import { check } from './check.ts';
import { completionFor } from './completion.ts';
import { demo } from './demo.ts';
import { diff } from './diff.ts';
import { exercise } from './exercise.ts';
import { lint } from './lint.ts';
import { map } from './map.ts';
import { merge } from './merge.ts';
import { page } from './page.ts';
import { read } from './read.ts';
import { replay } from './replay.ts';
import { roots } from './roots.ts';
import { vectors } from './vectors.ts';
import { verify } from './verify.ts';
import { walk } from './walk.ts';
import { who } from './who.ts';
import { xen } from './xen.ts';

export const COMMANDS: readonly Command[] = [
  build,
  verify,
  check,
  campaign,
  merge,
  replay,
  walk,
  map,
  who,
  diff,
  lint,
  read,
  roots,
  xen,
  exercise,
  demo,
  bench,
  vectors,
  page,
  completionFor(() => COMMANDS),
];
