/** What stands around everything: title, ways through the page, tools. */

export const TITLE = 'x86 paging, by touch';

export const NAV = {
  label: 'Parts of this page',
  home: 'Start',
  work: 'The walk',
  exercises: 'Exercises',
  skip: 'Skip to the drawing',
};

export const ACTIONS = {
  undo: 'Undo',
  redo: 'Redo',
  reset: 'Start over',
  more: 'More',
  share: 'Copy a link to this state',
  embed: 'Copy a frame for course notes',
  present: 'Show the drawing alone, large',
  leavePresent: 'Back to the whole page',
  openWhole: 'Open the whole page',
  print: 'Print this on one sheet',
  help: 'Keys',
  language: 'Language',
  shared: 'The link is in the clipboard: it opens this very state.',
  embedded: 'The line is in the clipboard: paste it into a page that lies beside this file.',
  shareFailed: 'The clipboard is closed to this page; the address bar holds the same link.',
  noShare: 'A machine from a file cannot be put into a link. Send the file itself.',
  undone: 'Taken back.',
  redone: 'Done again.',
  restarted: 'A fresh machine: everything as it was built.',
  badLink: (reasons: string) => `Not all of this link can be read: ${reasons}. You see the rest of it.`,
  refused: (reason: string) => `Refused: ${reason}`,
  theme: 'Colours',
  themes: { auto: 'auto', light: 'light', dark: 'dark' },
  close: 'Close',
};

/** On paper. */
export const PRINT = {
  title: (linear: string, access: number) =>
    `${(access & 4) !== 0 ? 'A program' : 'The supervisor'} ${['reads', 'writes', 'runs'][access & 3]} ${linear}`,
  machine: (cpu: string, mode: string, cr0: string) => `${cpu}, ${mode}, CR0 ${cr0}`,
};

/** Instead of the page, when it fails. */
export const FAILURE = {
  title: 'Something here is broken',
  what: 'The page could not draw itself. This was the reason:',
  reset: 'Go on with a fresh machine',
  retry: 'Try once more',
};

export const KEYS = {
  title: 'Keys',
  list: [
    ['← →', 'step back and forward through the walk, wherever no field needs these keys'],
    ['Home', 'to the first step'],
    ['End', 'to the end of the walk'],
    ['Tab', 'to the next thing; a row of bits is one stop'],
    ['← → ↑ ↓', 'from bit to bit in a row of bits'],
    ['Enter, Space', 'flip a bit, press a button'],
    ['PageUp, PageDown', 'in an entry: the next or the previous entry of its table'],
    ['F6, Shift+F6', 'to the next part of the page: lesson, access, drawing, panel'],
    ['Ctrl+Enter', 'do the access; in a lesson, once a step is done, go on'],
    ['Ctrl+Z, Ctrl+Y', 'take back, do again'],
    ['?', 'this list'],
  ] as readonly (readonly [string, string])[],
  single: 'The key ? opens this list',
};

export const FOOTER = {
  offline: 'This file is all there is: it loads nothing, sends nothing, and works from a disk.',
  source: 'The emulator inside is the x86-paging library, checked against Bochs and QEMU.',
};
