import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { buildPage, launch, NO_BROWSER } from './chromium.ts';
import { accessibility } from './suites/accessibility.ts';
import { asking } from './suites/asking.ts';
import { drawing } from './suites/drawing.ts';
import { exercises } from './suites/exercises.ts';
import { frames } from './suites/frames.ts';
import { language } from './suites/language.ts';
import { lessons } from './suites/lessons.ts';
import { security } from './suites/security.ts';
import { state } from './suites/state.ts';

/** Everything that needs a browser, in one file: one build and one browser serve all of it. */
describe.skipIf(NO_BROWSER !== undefined)(`the page${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildPage();
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const open = (): Browser => browser;
  describe('its security', () => security(open));
  describe('its state', () => state(open));
  describe('the drawing', () => drawing(open));
  describe('Xen', () => asking(open));
  describe('its language', () => language(open));
  describe('its frames', () => frames(open));
  describe('the lessons', () => lessons(open));
  describe('the exercises', () => exercises(open));
  describe('access for everyone', () => accessibility(open));
});
