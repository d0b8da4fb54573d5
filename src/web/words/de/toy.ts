import type { Words } from '../en/index.ts';

export const TOY: Words['toy'] = {
  title: 'Die Idee, in fünf Minuten',
  begin: 'Anfangen: die Idee in fünf Minuten',
  goal: 'Zwei Programme, eine Adresse, und Tabellen, so klein, dass man sie ganz sieht.',
  picture: {
    alt: (address, a, b) =>
      `Programm A und Programm B lesen beide Adresse ${address}. Die Tabellen von A führen zu ${a}, die von B zu ${b}.`,
    letter: (letter) => `dem Buchstaben ${letter}`,
    nothing: 'nichts',
    reads: (address) => `liest Adresse ${address}`,
    address: 'Adresse ziehen',
    tables: (program) => `Tabellen von ${program}`,
    memory: 'Speicher',
    who: (program) => `Programm ${program}`,
  },
  program: 'Programm',
  programs: { A: 'A', B: 'B' },
  memory: 'Der ganze Speicher: 8 Rahmen zu 4 Zellen',
  frame: (frame) => `Rahmen ${frame}`,
  frames: {
    kernel: 'Kernel',
    dirA: 'Verzeichnis von A',
    dirB: 'Verzeichnis von B',
    tableA: 'Tabelle von A',
    tableB: 'Tabelle von B',
    pageA: 'eine Seite',
    pageB: 'eine Seite',
    shared: 'eine Seite',
  },
  frameBit: 'ein Bit der Rahmennummer',
  page: 'Seite von 4 Zellen',
  fault: 'Bit P des Eintrags ist 0: Hier ist nichts. Die CPU hält das Programm an und ruft den Kernel.',
  describe: (program, address, letter) =>
    letter === undefined
      ? `Programm ${program} liest Adresse ${address}: ein Seitenfehler.`
      : `Programm ${program} liest Adresse ${address} und findet „${letter}“.`,
  real: 'Jetzt in echt: Lektion 1',
  steps: [
    {
      body: [
        'Programm A liest Adresse 6. Die CPU geht nicht zu Zelle 6 des Speichers: Sie schlägt die Adresse in Tabellen nach, die A gehören. Dort findet sie „m“.',
        'Jetzt läuft Programm B und liest ebenfalls Adresse 6.',
      ],
      task: 'Wird es denselben Buchstaben finden?',
      choices: ['Ja: Dieselbe Adresse ist derselbe Ort.', 'Nein: B hat eigene Tabellen.'],
      wrong: [
        'Dann könnte ein Programm lesen und verderben, was ein anderes hat. Die Adresse ist nur das, was nachgeschlagen wird.',
        '',
      ],
      after:
        'B findet „r“. Jedes Programm hat alle Adressen für sich, und keines kann auch nur benennen, was einem anderen gehört.',
    },
    {
      body: [
        'Eine Adresse hat hier sechs Bits. Die blauen zwei wählen einen Eintrag des Verzeichnisses, die violetten zwei einen Eintrag der Tabelle, zu der er führt, die grünen zwei eine Zelle der Seite.',
        'Ein Eintrag hat vier Bits: Drei sind die Nummer eines Rahmens, das letzte ist P, *present* (vorhanden).',
      ],
      task: 'Programm A liest Adresse 7, das ist 00 01 11. Was wird es finden?',
      choices: ['„e“', '„k“', '„o“'],
      wrong: [
        '',
        'Das findet B dort, durch die Tabellen von B.',
        'Das ist Zelle 1 der Seite. Welche Zelle ist mit 11 gemeint?',
      ],
      after:
        'Eintrag 0, dann Eintrag 1, dann Zelle 3. Mehr tut eine CPU nicht, mehrere Milliarden Mal in der Sekunde.',
    },
    {
      body: [
        'Die meisten Adressen führen ins Nichts, denn niemand benutzt sie. In ihren Einträgen ist P = 0.',
      ],
      task: 'Programm A liest Adresse 40, das ist 10 10 00. Was wird geschehen?',
      choices: ['Es liest eine Null.', 'Es liest Rahmen 0.', 'Ein Fehler: Der Kernel wird gerufen.'],
      wrong: [
        'Jemand müsste dort eine Null hineinschreiben. Es gibt dort gar keine Seite.',
        'Die anderen Bits sind 0, aber P sagt, dass sie nichts bedeuten.',
        '',
      ],
      after:
        'Ein Seitenfehler. Der Kernel kann das Programm beenden, oder ihm die Seite geben und es noch einmal versuchen lassen.',
    },
    {
      body: [
        'Zwei Programme können eine Seite auch teilen: Beide haben einen Eintrag, der ihren Rahmen nennt. An Adresse 8 findet A „b“, in Rahmen 7.',
      ],
      task: 'Legen Sie ein Bit eines Eintrags um, sodass auch B es findet.',
      hint: 'Der Eintrag nennt schon Rahmen 7: 111. Nur sein letztes Bit, P, ist 0.',
      after:
        'Dieselbe Zelle des Speichers, durch zwei Tabellen. So werden Bibliotheken geteilt, und so macht fork einen Kindprozess.',
    },
    {
      body: [
        'Warum zwei Tabellen nacheinander? Mit einer einzigen bräuchte jedes Programm einen Eintrag für jede seiner 16 Seiten, ob es sie benutzt oder nicht.',
      ],
      task: 'Wie viele Einträge haben die Tabellen von A jetzt, das Verzeichnis mitgezählt?',
      choices: ['16', '8', '4'],
      wrong: [
        'Das wäre die einzige Tabelle. Sehen Sie nach, wie viele A hat.',
        '',
        'Das ist die Tabelle allein. Auch das Verzeichnis hat Einträge.',
      ],
      after:
        'Die Hälfte. Ein echtes Programm hat 2 hoch 20 Seiten von 4096 Bytes: Eine Tabelle bräuchte 4 MiB, ein Verzeichnis und eine Tabelle brauchen 8 KiB.',
    },
  ],
};
