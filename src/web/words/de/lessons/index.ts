/** The words of the lessons. `x` in backquotes is code, *x* is a term where it first matters. */

import type { LessonWords } from '../../shape.ts';
import { asking } from './asking.ts';
import { backwards } from './backwards.ts';
import { cow } from './cow.ts';
import { demand } from './demand.ts';
import { dirty } from './dirty.ts';
import { guards } from './guards.ts';
import { large } from './large.ts';
import { long } from './long.ts';
import { pae } from './pae.ts';
import { reach } from './reach.ts';
import { segments } from './segments.ts';
import { stale } from './stale.ts';
import { tables } from './tables.ts';
import { walk } from './walk.ts';
import { wp } from './wp.ts';

export const LESSONS: Readonly<Record<string, LessonWords>> = {
  walk,
  tables,
  asking,
  wp,
  dirty,
  stale,
  reach,
  large,
  demand,
  cow,
  pae,
  long,
  guards,
  segments,
  backwards,
};
