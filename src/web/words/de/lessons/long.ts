import type { LessonWords } from '../../shape.ts';

export const long: LessonWords = {
  title: 'Vier Ebenen, 48 Bits',
  goal: 'Wie Ihr eigener Rechner es macht.',
  steps: [
    {
      body: [
        'Im *Long Mode*, seit 2003, führt ein Durchlauf durch vier Tabellen mit 512 Einträgen. Eine Adresse hat 64 Bits, aber der Durchlauf benutzt nicht alle.',
      ],
      task: 'Wie viele benutzt er?',
      choices: ['32', '48', '64'],
      wrong: ['So war es bei zwei Ebenen.', '', 'Zählen Sie: vier Indizes von 9 Bits und ein Offset von 12.'],
      hint: '4 × 9 + 12.',
      after: '48 Bits sind 256 TiB Adressen.',
    },
    {
      body: ['Das ist der Stapel des Programms, am oberen Ende dessen, was ein Programm hat.'],
      task: 'Gehen Sie diesen Durchlauf Schritt für Schritt bis zum Ende.',
      hint: 'Der Knopf ▶ unter der Zeichnung oder die Pfeiltaste →.',
      after: 'PML4E, PDPTE, PDE, PTE, Byte: viermal lesen vor dem fünften Mal. Ohne TLB wäre das langsam.',
    },
    {
      body: ['Statt vier Ebenen könnte es eine geben, mit einem Eintrag für jede Seite.'],
      task: 'Wie groß wäre diese eine Tabelle?',
      choices: ['4 KiB', '2 MiB', '512 GiB'],
      wrong: [
        'Darin haben 512 Einträge Platz. Es gibt 2 hoch 36 Seiten.',
        'Darin haben 2 hoch 18 Einträge Platz. Es gibt 2 hoch 36 Seiten.',
        '',
      ],
      hint: '2 hoch 36 Einträge zu 8 Bytes.',
      after: 'Für jedes Programm. Ein Baum braucht Tabellen nur dort, wo etwas abgebildet ist.',
    },
    {
      body: [
        'Der Kernel bildet für sich den ganzen RAM ab, ab `0xffff_8880_0000_0000`, mit großen Seiten von 2 MiB.',
      ],
      task: 'Wie viele Einträge liest die CPU auf dem Weg dorthin?',
      choices: ['vier', 'drei', 'zwei'],
      wrong: [
        'Der vierte läge in einer Seitentabelle. Mit PS im PDE gibt es keine.',
        '',
        'Das wäre eine Seite von 1 GiB. Diese haben 2 MiB.',
      ],
      hint: 'Eine Seite von 2 MiB nennt ein PDE.',
      after: 'PML4E, PDPTE, PDE.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Gehen Sie diesen Durchlauf Schritt für Schritt bis zum Ende.',
      hint: 'Der Knopf ▶ unter der Zeichnung oder die Pfeiltaste →.',
      after: 'Der Offset hat 21 Bits.',
    },
    {
      body: [
        'Die Bits 63–48 müssen alle Kopien von Bit 47 sein. Eine solche Adresse heißt *kanonisch*. So gibt es eine untere Hälfte für Programme, eine obere für den Kernel und eine Lücke dazwischen.',
      ],
      task: 'Der Kernel liest `0x0000_8000_0000_0000`: Bit 47 ist 1, seine Kopien sind 0. Was geschieht?',
      choices: [
        'Er liest die obere Hälfte.',
        'Ein Seitenfehler, #PF.',
        'Eine allgemeine Schutzverletzung, #GP.',
      ],
      wrong: [
        'Die CPU berichtigt keine Adresse: Jemand hat etwas anderes gemeint.',
        'Für einen Seitenfehler müssten die Tabellen gefragt werden. Das werden sie nicht.',
        '',
      ],
      hint: 'Bevor eine Tabelle gelesen wird, wird die Adresse selbst angesehen.',
      after: 'Keine Tabelle wird gefragt.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: '#GP, und überhaupt kein Durchlauf.',
    },
    {
      body: [
        'In der Zeichnung lassen sich nur kanonische Adressen machen: Wo Sie Bit 47 umlegen, folgen seine Kopien.',
      ],
      task: 'Gehen Sie zu einer Adresse der oberen Hälfte.',
      hint: 'Legen Sie Bit 47 zweimal um, oder ein anderes Bit, und sehen Sie in das Feld oben.',
      after:
        'Seit 2019 gibt es eine fünfte Ebene, für 57 Bits. Sie finden sie im Feld „CPU“ unter „Tabellen“.',
    },
  ],
};
