/** Texts that were not translated. */

import type { Page } from 'playwright-core';

/** Words that no other language of the page has: one of them shows that a text was not translated. */
export const ENGLISH_WORD =
  /\b(?:the|and|of|with|which|you|that|is|are|this|from|does|it|not|page|entry|frame|what|your|must|than|its|by|has|have|no|for|to|at|or|only|reads|writes|pages|tables|address)\b/;

/**
 * What is English in a page of another language: text, also of what is only printed, and whatever is read aloud. Code
 * and what is marked as English may be so.
 */
export function englishOn(page: Page): Promise<string[]> {
  return page.evaluate((source) => {
    const english = new RegExp(source, 'i');
    const found = document.title === '' ? ['no title'] : [document.title];
    const everything = NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT;
    const walker = document.createTreeWalker(document.body, everything);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement!;
      if (element.closest('[lang="en"], code, script, style, noscript') !== null) continue;
      if (node instanceof Element) {
        for (const name of [
          'aria-label',
          'aria-valuetext',
          'aria-description',
          'title',
          'placeholder',
          'alt',
        ])
          found.push(node.getAttribute(name) ?? '');
      } else found.push(node.textContent ?? '');
    }
    // A part of a link is somebody's own.
    return found.filter((text) => english.test(text.replaceAll(/\w+=\S+/g, '')));
  }, ENGLISH_WORD.source);
}
