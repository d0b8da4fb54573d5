import type { Words } from '../en/index.ts';

export const PREDICT: Words['predict'] = {
  label: 'Was wird geschehen?',
  ok: 'Der Zugriff gelingt.',
  fault: 'Ein Seitenfehler mit diesem Fehlercode:',
  toggle: (name, value) => `${name} = ${value}`,
  imagined: (bits) =>
    `Ein Fehler mit ${['I', 'R', 'U', 'W', 'P'].map((name, i) => `${name}=${bits[i]}`).join(' ')} wird nicht kommen. Sehen Sie sich P, RW und US aller Einträge noch einmal an, und wer da handelt.`,
  missed: () =>
    'Der Zugriff wird nicht gelingen. Gehen Sie von Eintrag zu Eintrag: Ist jeder vorhanden, und erlaubt jeder, was verlangt wird?',
  bits: {
    0: [
      'P: In einem Eintrag auf dem Weg ist P = 0, und der Fehlercode wiederholt das.',
      'P: Jeder Eintrag auf dem Weg ist vorhanden; es fehlt ein Recht.',
    ],
    1: [
      'W: Sehen Sie nach, was getan wird: Geschrieben wird nicht.',
      'W: Sehen Sie nach, was getan wird: Es wird geschrieben.',
    ],
    2: [
      'U: Sehen Sie nach, wer handelt. Die Ringe 0, 1 und 2 sind für das Paging alle der Supervisor.',
      'U: Sehen Sie nach, wer handelt: Es ist Ring 3.',
    ],
    3: [
      'R: In keinem Eintrag auf dem Weg ist ein reserviertes Bit gesetzt.',
      'R: Sehen Sie sich die Bits der Einträge an: Eines von denen, die 0 sein müssen, ist 1.',
    ],
    4: [
      'I: Hier wird kein Code geholt, oder diese CPU sagt es nicht.',
      'I: Es wird Code geholt, und diese CPU sagt das im Fehlercode.',
    ],
  },
};

export const ACTS: Words['acts'] = {
  run: 'Ausführen',
  done: 'getan',
  result: { ok: 'gelungen', fault: 'Fehler' },
  loop: (pages) => `für jede von ${pages} Seiten`,
  copy: (from, to) => `4096 Bytes kopieren: [${to}] ← [${from}]`,
  blank: (line) => `Lücke in Zeile ${line}`,
  tryIt: 'Handler ausführen',
  again: 'Das Programm führt seinen Befehl noch einmal aus.',
};
