/** Every word of the page, in English. */

import { EXERCISE_WORDS, type ExerciseLanguage } from '../../../exercise/index.ts';
import { FAULT, FLAGS, MACHINE } from './cpu.ts';
import { DRAWING } from './drawing.ts';
import { ACTIONS, FAILURE, FOOTER, KEYS, NAV, PRINT, TITLE } from './general.ts';
import { INVENTORY, INVENTORY_TEACHER } from './inventory.ts';
import { EXERCISES, HOME, LESSONS_UI, REQUESTS, TEACHER } from './learning.ts';
import { LESSONS } from './lessons/index.ts';
import { CLAIM, FILES, MAP, MEMORY, PANELS, REGIONS, ROLES, TABLES, TLB } from './panels.ts';
import { ACTS, PREDICT } from './predict.ts';
import { PROBLEMS } from './problems.ts';
import { TOY } from './toy.ts';
import { HISTORY, SAY, WORK } from './work.ts';
import { XEN } from './xen.ts';

export const EN = {
  /** The name of the language, in itself. */
  itself: 'English',
  /** In which exercises and the inventory are made. */
  code: 'en' as ExerciseLanguage,
  title: TITLE,
  nav: NAV,
  actions: ACTIONS,
  failure: FAILURE,
  problems: PROBLEMS,
  keys: KEYS,
  print: PRINT,
  footer: FOOTER,
  home: HOME,
  toy: TOY,
  work: WORK,
  say: SAY,
  history: HISTORY,
  drawing: DRAWING,
  machine: MACHINE,
  flags: FLAGS,
  fault: FAULT,
  panels: PANELS,
  tables: TABLES,
  regions: REGIONS,
  roles: ROLES,
  map: MAP,
  memory: MEMORY,
  tlb: TLB,
  files: FILES,
  claim: CLAIM,
  xen: XEN,
  lessons: LESSONS_UI,
  predict: PREDICT,
  acts: ACTS,
  requests: REQUESTS,
  exercises: EXERCISES,
  /** What the exercises themselves say. */
  sheet: EXERCISE_WORDS.en,
  teacher: TEACHER,
  inventory: INVENTORY,
  inventoryTeacher: INVENTORY_TEACHER,
  lesson: LESSONS,
};

/** All words of one language: the English ones give the shape. */
export type Words = typeof EN;
