import ts from 'typescript';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ACCESS_KINDS,
  accessName,
  IMPLICIT_READ,
  IMPLICIT_WRITE,
  SHADOW_STACK_ACCESSES,
} from '../../src/arch/index.ts';
import { REGION_NAMES } from '../../src/builder/index.ts';
import { readOnly } from '../../src/claims/index.ts';
import {
  counterexampleMachine,
  replayCounterexample,
  smallestCounterexample,
} from '../../src/counterexample/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu } from '../../src/mmu/index.ts';
import { drawingSvg, REASONS } from '../../src/render/index.ts';
import { inEnglish, said } from '../../src/said/said.ts';
import { decodeFragment } from '../../src/web/fragment.ts';
import { openedFile } from '../../src/web/open-file.ts';
import { stateOfLink } from '../../src/web/page.ts';
import type { Problem, Told } from '../../src/web/problem.ts';
import { DEFAULT_SCENARIO } from '../../src/web/scenario.ts';
import { Session } from '../../src/web/session.ts';
import { toldOfError, toldOfProblem, toldTogether } from '../../src/web/told.ts';
import { MESSAGES } from '../../src/web/words/de/library/index.ts';
import { speak, TEXT } from '../../src/web/words/index.ts';
import { machineOf, smallKernel } from '../claims/layout.ts';
import { sourceFiles } from '../support/source-files.ts';
import { ENGLISH_WORD } from './english.ts';

afterEach(() => speak('en'));

/** The same in both languages. */
function inBoth(tell: () => Told): { readonly en: Told; readonly de: Told } {
  speak('en');
  const en = tell();
  speak('de');
  return { en, de: tell() };
}

const CLASSES = /^(?:Dump|Image|Counterexample|Deflate|GeneralProtection|InvalidOpcode|Said)Error$/;

/** Every message that is written as `said`, by its template, and every error of the classes that is not made of one. */
function messagesOfTheSource(): { readonly templates: Set<string>; readonly plain: string[] } {
  const templates = new Set<string>();
  const plain: string[] = [];
  for (const { path, text } of sourceFiles()) {
    if (path.startsWith('cli/') || !/said`|new \w+Error\(/.test(text)) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'said') {
        const { template } = node;
        templates.add(
          ts.isNoSubstitutionTemplateLiteral(template)
            ? template.text
            : template.head.text +
                template.templateSpans.map(({ literal }, i) => `{${i}}${literal.text}`).join(''),
        );
      }
      if (ts.isNewExpression(node) && CLASSES.test(node.expression.getText())) {
        const message = node.arguments?.at(-1);
        const isPlain =
          message === undefined || ts.isStringLiteralLike(message) || ts.isTemplateExpression(message);
        if (isPlain) plain.push(`${path}: ${node.getText()}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  }
  return { templates, plain };
}

describe('the messages of the library', () => {
  const { templates, plain } = messagesOfTheSource();
  const places = (text: string): string[] => (text.match(/\{\d+\}/g) ?? []).sort();

  it('are all made so that they can be said in another language, and all are said in German', () => {
    expect(templates.size).toBeGreaterThan(180);
    expect(plain).toEqual([]);
    expect([...templates].filter((template) => !Object.hasOwn(MESSAGES, template))).toEqual([]);
    expect(Object.keys(MESSAGES).filter((template) => !templates.has(template))).toEqual([]);
  });

  it('name the same values in German, in no English word', () => {
    // What a parser of JSON says is its own; it is shown beside.
    const without = Object.entries(MESSAGES).filter(
      ([template, text]) => places(template).join() !== places(text).join(),
    );
    expect(without.map(([template]) => template)).toEqual([
      'the registers are no JSON: {0}',
      "the counterexample's claim cannot be read: {0}",
    ]);
    const quoted = /`[^`]*`|„[^“]*“|\{"[^}]*\}|"[^"]*"/g;
    const leaked = Object.values(MESSAGES).filter((text) => ENGLISH_WORD.test(text.replaceAll(quoted, '')));
    expect(leaked).toEqual([]);
  });
});

/** One of each kind, with what both languages must name. */
const PROBLEMS: { readonly [A in Problem['about']]: readonly [Extract<Problem, { about: A }>, string[]] } = {
  part: [{ about: 'part', part: 'nonsense', text: '1' }, ['nonsense=1']],
  choice: [{ about: 'choice', part: 'size', text: '5', choices: ['4', '16'] }, ['size=5', '4, 16']],
  number: [
    { about: 'number', part: 'byte', text: 'zz', most: 0x3fff, radix: 16 },
    ['byte=zz', ' 0 ', '3fff'],
  ],
  address: [{ about: 'address', part: 'at', text: 'xy', digits: 8 }, ['at=xy', '8']],
  access: [{ about: 'access', part: 'as', text: '3' }, ['as=3', '4', '6']],
  form: [{ about: 'form', part: 'inventory', text: 'mid', forms: ['pre', 'post'] }, ['=mid', 'pre', 'post']],
  lesson: [{ about: 'lesson', part: 'lesson', text: 'nix' }, ['lesson=nix']],
  step: [{ about: 'step', part: 'lesson', text: 'walk.99', most: 6 }, ['walk.99', '6']],
  machine: [
    { about: 'machine', part: 'machine', text: 'x'.repeat(99), error: new RangeError('odd thing') },
    ['machine=xxx', '…'],
  ],
  actions: [{ about: 'actions', count: 2001, most: 2000 }, ['2001', '2000']],
  action: [{ about: 'action', text: 'x1' }, ['x1']],
  full: [{ about: 'full', most: 2000 }, ['2000']],
  ram: [{ about: 'ram', physical: 0x1234, bytes: 4, end: 0x1000 }, ['0x0000_1234', '4 ', '0x0000_1000']],
  width: [{ about: 'width', name: 'cr4', value: 2 ** 40, bits: 32 }, ['CR4', '32', '0x10000000000']],
  sweep: [{ about: 'sweep', pages: 5000, most: 4096 }, ['5000', '4096']],
  'no-xen': [{ about: 'no-xen' }, ['Xen']],
  played: [{ about: 'played' }, []],
  'no-building': [{ about: 'no-building' }, []],
  requests: [{ about: 'requests', count: 9, all: 8 }, ['9', '8']],
  error: [{ about: 'error', error: new Error('odd thing') }, []],
};

describe('a counterexample', () => {
  it('has its claim, what breaks it and what mends it in German', () => {
    const kernel = smallKernel('PAE');
    kernel.mapper.map(0xf000_0000, kernel.mapper.tableFrames[1]! * 4096, 0x1000, { writable: true });
    const machine = counterexampleMachine(smallestCounterexample(machineOf(kernel), readOnly('tables'))!);
    const { claimed, words, verdict } = replayCounterexample(machine);
    expect(inEnglish(words!.text)).toBe(verdict.counterexample?.text);
    expect(inEnglish(words!.mend!)).toBe(verdict.counterexample?.mend);
    expect(inEnglish(claimed)).toBe(verdict.title);
    speak('de');
    const [title, text, mend] = [claimed, words!.text, words!.mend!].map(TEXT.claim.say);
    expect(title).toMatch(/^Keine Seite erlaubt es zu beschreiben: /);
    expect(text).toMatch(/^Schreiben bei 0xf000_0000: erwartet ein Seitenfehler.*, gefunden Rahmen 0x\w+$/);
    expect(mend).toMatch(/^RW löschen in dem PTE bei 0x\w+ \(0x\w+: [A-Z ]+\)$/);
    expect([title, text, mend].join()).not.toMatch(ENGLISH_WORD);
  });

  it('names every access and every reason of a fault in German', () => {
    speak('de');
    const accesses = [...ACCESS_KINDS, ...SHADOW_STACK_ACCESSES, IMPLICIT_READ, IMPLICIT_WRITE];
    const reasons = Object.keys(REASONS).map((reason) => reason.replaceAll('-', ' '));
    for (const name of [...accesses.map(accessName), ...reasons]) {
      expect(TEXT.claim.say({ template: name, values: [] }), name).not.toBe(name);
    }
  });
});

describe('what is wrong with a link or an action', () => {
  it.each(Object.entries(PROBLEMS))(
    '%s is said in German, with the same values',
    (about, [problem, named]) => {
      const { en, de } = inBoth(() => toldOfProblem(problem as Problem));
      expect(de.text).not.toBe(en.text);
      for (const value of named) {
        expect(en.text).toContain(value);
        expect(de.text).toContain(value);
      }
      expect(de.text.replaceAll(/\w+=\w+/g, '')).not.toMatch(ENGLISH_WORD);
      const isUnforeseen = about === 'machine' || about === 'error';
      expect([en.technical, de.technical]).toEqual([undefined, isUnforeseen ? 'odd thing' : undefined]);
    },
  );

  it('is told in the language that the link itself chooses', () => {
    const link = '#screen=work&lang=de&size=5&as=3&do=wffffffff.1';
    const { message, technical } = stateOfLink(link, (language) => speak(language ?? 'en'));
    expect(message).toMatch(
      /^Nicht alles .*size=5 ist keines von 4, 16, 64; as=3.*bei 0xffff_ffff ist kein RAM/,
    );
    expect(technical).toBe('');
  });

  it('is told of a machine in a link, down to the value that its file refuses', () => {
    const { en, de } = inBoth(() =>
      toldTogether(decodeFragment('machine=AAAA').problems.map(toldOfProblem), TEXT.actions.badLink),
    );
    expect(en.text).toContain('holds no machine: ');
    expect(de.text).toMatch(/machine=AAAA enthält keine Maschine: [A-Z]/);
    expect(de.technical).toBeUndefined();
  });
});

describe('what the CPU refuses', () => {
  const thrown = (run: (mmu: Mmu) => void): unknown => {
    try {
      run(new Mmu(new PhysicalMemory(4096), { cpu: 'pentium' }));
    } catch (error) {
      return error;
    }
    throw new Error('nothing was thrown');
  };

  it.each([
    [(mmu: Mmu) => (mmu.cr4 = 0x20), '#GP(0): im CPU-Modell „pentium“ sind die Bits 0x20 von CR4 reserviert'],
    [
      (mmu: Mmu) => (mmu.cr0 = 0x8000_0000),
      '#GP(0): CR0.PG verlangt CR0.PE (geschriebener Wert: 0x80000000)',
    ],
    [(mmu: Mmu) => mmu.invpcid(0, 0, 0), '#UD: Das CPU-Modell „pentium“ hat kein INVPCID'],
  ])('%s', (run, german) => {
    const { en, de } = inBoth(() => toldOfError(thrown(run)));
    expect(en.text).toBe((thrown(run) as Error).message);
    expect(de.text).toContain(german);
  });
});

describe('a file that cannot be opened', () => {
  const bytesOf = (text: string, size = text.length): Uint8Array => {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  };
  const PAGE = new Uint8Array(4096);

  it.each<readonly [string, Uint8Array, string | undefined, string]>([
    ['nothing', bytesOf(''), undefined, 'Das Abbild ist leer'],
    [
      'too little',
      bytesOf('hello'),
      undefined,
      'seine erste Seite reicht bis Byte 4.096, und die Datei hat 5',
    ],
    ['no whole pages', bytesOf('', 1_000_001), undefined, 'ihre 1.000.001 Bytes sind keine ganzen Seiten'],
    ['a compressed one', bytesOf('\x1f\x8b', 9000), undefined, 'mit gzip gepackt'],
    ['an image cut short', bytesOf('X86PAGE\n\x02\0\0\0', 100), undefined, 'Datei'],
    ['an image of the future', bytesOf('X86PAGE\n\x09\0\0\0', 100), undefined, 'Version 9'],
    [
      'an ELF program',
      bytesOf('\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0', 4096),
      undefined,
      'kein Core',
    ],
    ['registers without any', PAGE, 'abc', 'info registers -a'],
    ['registers that are no numbers', PAGE, '{"cr0": "zzz", "cr3": 0}', 'Das Register cr0 ist "zzz"'],
    ['registers that are broken JSON', PAGE, '{"cr0": ', 'kein JSON'],
    ['registers without CR3', PAGE, 'CR0=80000001', 'CR4 ist nicht bekannt'],
  ])('%s says so in German', (_name, bytes, registers, german) => {
    const open = (): Told => {
      try {
        openedFile('x', { size: bytes.length, read: (at, n) => bytes.subarray(at, at + n) }, registers);
      } catch (error) {
        return toldTogether([toldOfError(error)], (why) => TEXT.files.failed('x', why));
      }
      throw new Error('it was opened');
    };
    const { en, de } = inBoth(open);
    expect(en.text).toMatch(/^x cannot be opened: /);
    expect(de.text).toContain(german);
    expect(de.text.replaceAll(/`[^`]*`|"[^"]*"/g, '')).not.toMatch(ENGLISH_WORD);
  });

  it('that is opened has its notes in German', () => {
    const registers = 'CR0=80000001 CR3=0 CR4=20';
    const opened = openedFile('x', { size: 4096, read: (at, n) => PAGE.subarray(at, at + n) }, registers);
    const notes = opened.kind === 'machine' ? opened.notes : [];
    expect(opened).toMatchObject({ machine: { notes: notes.map(inEnglish) } });
    speak('de');
    expect(notes.map(TEXT.claim.say)).toEqual([
      'EFER ist nicht bekannt: Der Long Mode ist aktiv, denn die ersten vier Einträge bei CR3 sind leer, und PAE hat keine anderen; NXE gilt als gelöscht, denn kein Eintrag hat Bit 63.',
    ]);
  });

  it('for a reason that nobody foresaw shows that in English, beside a German sentence', () => {
    const { en, de } = inBoth(() => toldOfError(new TypeError('x is not a function')));
    expect(en).toEqual({ text: 'x is not a function' });
    expect([de.text, de.technical]).toEqual([
      'etwas, das niemand vorhergesehen hat; im Wortlaut des Programms',
      'x is not a function',
    ]);
    // Nor does it pretend to know a message whose parts it does not.
    expect(TEXT.problems.library(said`frame ${said`that nobody knows`}`)).toBeUndefined();
  });
});

describe('a drawing that the library makes', () => {
  it('is in German, every name and sentence of it', () => {
    const { domain } = Session.start(DEFAULT_SCENARIO).machine;
    const texts = (svg: string): string[] => [...svg.matchAll(/>([^<>{}]+)</g)].map(([, text]) => text!);
    const draw = (): Told => ({ text: drawingSvg(domain!, { say: TEXT.problems.picture }) });
    const { en, de } = inBoth(draw);
    expect(en.text).toBe(drawingSvg(domain!));
    expect(texts(de.text)).toHaveLength(texts(en.text).length);
    // Numbers and names that are the same in both.
    const same = texts(de.text).filter(
      (text) => texts(en.text).includes(text) && !/^0x|^\d+ [MG]iB$/.test(text),
    );
    expect([...new Set(same)]).toEqual(['Xen *', 'initrd *', 'start_info']);
    expect(de.text).toContain('≈ 14,5 MiB');
    expect(texts(de.text).filter((text) => ENGLISH_WORD.test(text))).toEqual([]);
    expect(REGION_NAMES.filter((name) => !Object.hasOwn(TEXT.regions, name))).toEqual([]);
  });
});
