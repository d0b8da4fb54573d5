import type { LessonWords } from '../../shape.ts';

export const large: LessonWords = {
  title: 'Seiten von 4 MiB',
  goal: 'Wie ein Durchlauf eine Ebene früher enden kann.',
  steps: [
    {
      body: [
        'Xen bildet sich selbst mit *großen Seiten* ab. In seinen Verzeichniseinträgen steht das Bit PS: Sie nennen keine Tabelle, sondern eine Seite von 4 MiB.',
      ],
      task: 'Wie viele Einträge wird die CPU auf dem Weg zu `0xfc50_1234` lesen?',
      choices: ['einen', 'zwei', 'keinen'],
      wrong: [
        '',
        'Der zweite läge in einer Seitentabelle. PS sagt, dass es keine gibt.',
        'CR3 führt zum Verzeichnis, und ein Eintrag dort muss sagen, wo die Seite ist.',
      ],
      hint: 'Der PDE nennt die Seite selbst.',
      after: 'Einmal weniger nachschlagen.',
    },
    {
      body: ['Sehen Sie, wie die Adresse jetzt zerlegt ist: Es gibt keinen violetten Teil.'],
      task: 'Gehen Sie diesen Durchlauf Schritt für Schritt bis zum Ende.',
      hint: 'Der Knopf ▶ unter der Zeichnung oder die Pfeiltaste →.',
      after: 'CR3, PDE, Byte. Was der Tabellenindex war, gehört jetzt zum Offset.',
    },
    {
      body: ['Der Offset hat 22 Bits.'],
      task: 'Für wie viele kleine Seiten steht dieser eine Eintrag?',
      choices: ['22', '512', '1024'],
      wrong: [
        '22 ist die Zahl der Bits im Offset.',
        'Für 512 steht ein Eintrag bei PAE, dessen große Seiten 2 MiB haben.',
        '',
      ],
      hint: '4 MiB geteilt durch 4 KiB.',
      after: 'Und er belegt eine Zeile des TLB statt 1024.',
    },
    {
      body: ['PS zählt nur, wenn der Schalter CR4.PSE an ist. Xen wird ihn ausschalten.'],
      task: 'Wofür wird die CPU denselben PDE dann halten?',
      choices: [
        'für dieselbe Seite von 4 MiB',
        'für einen Zeiger auf eine Seitentabelle',
        'für einen kaputten Eintrag; sie meldet einen Fehler',
      ],
      wrong: [
        'Ohne CR4.PSE kennt die CPU keine großen Seiten. Was besagt ein PDE ohne PS?',
        '',
        'Ohne CR4.PSE bedeutet Bit 7 nichts, also ist nichts kaputt.',
      ],
      hint: 'Eine CPU ohne PSE, wie der 386, sieht Bit 7 nicht an.',
      after: 'Sie hält die Bytes von Xens Code für eine Tabelle.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie Xen CR4.PSE ausschalten.',
      hint: 'Das Kästchen CR4.PSE ist im Feld „CPU“.',
      after: 'Dieselben Bits, eine andere Bedeutung. Daraus kann nichts Gutes werden.',
    },
    {
      body: ['Genug.'],
      task: 'Lassen Sie Xen CR4.PSE wieder einschalten.',
      hint: 'Das Kästchen CR4.PSE ist im Feld „CPU“.',
      after: 'Die große Seite ist wieder da.',
    },
    {
      body: [
        'Ein Eintrag für 4 MiB braucht nur die Adressbits 31–22. Darunter benutzt diese CPU die Bits 16–13 für Speicher oberhalb von 4 GiB.',
      ],
      task: 'Was tut die CPU, wenn Bit 21 gleich 1 ist?',
      choices: [
        'Die Seite beginnt 2 MiB weiter.',
        'Sie beachtet das Bit nicht.',
        'Sie meldet einen Fehler: Das Bit ist reserviert.',
      ],
      wrong: [
        'Eine Seite von 4 MiB beginnt immer bei einem Vielfachen von 4 MiB.',
        'Nicht beachtet werden die Bits, die der Software gehören, 9 bis 11. Bit 21 gehört nicht dazu.',
        '',
      ],
      hint: 'Der Fehlercode hat ein Bit R.',
      after: 'Eines Tages könnte es etwas bedeuten; bis dahin muss es 0 sein.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Setzen Sie von außen Bit 21 des PDE.',
      hint: 'Es ist das erste Bit der mittleren Reihe des blauen Eintrags.',
      after:
        'Fehlercode 0b1001: vorhanden, und R, ein reserviertes Bit. Die CPU sagt: Diese Tabelle ist kaputt.',
    },
  ],
};
