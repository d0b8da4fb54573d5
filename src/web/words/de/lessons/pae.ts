import type { LessonWords } from '../../shape.ts';

export const pae: LessonWords = {
  title: 'PAE: Einträge von 64 Bit',
  goal: 'Wie eine 32-Bit-CPU zu mehr als 4 GiB Speicher kam.',
  steps: [
    {
      body: [
        'In einem Eintrag von 32 Bit ist Platz für einen Rahmen unterhalb von 4 GiB. 1995 machte *PAE* die Einträge doppelt so lang: 8 Bytes. Eine Tabelle blieb eine Seite von 4096 Bytes.',
      ],
      task: 'Wie viele Einträge hat eine Tabelle jetzt?',
      choices: ['1024', '512', '2048'],
      wrong: [
        '1024 Einträge zu 8 Bytes wären 8192 Bytes.',
        '',
        'Die Einträge sind länger, also passen weniger hinein, nicht mehr.',
      ],
      hint: '4096 geteilt durch 8.',
      after: 'Ein Index hat also 9 Bits statt 10.',
    },
    {
      body: ['9 + 9 + 12 Bits sind 30. Zwei Bits der Adresse bleiben übrig, und für sie eine dritte Ebene.'],
      task: 'Gehen Sie diesen Durchlauf Schritt für Schritt bis zum Ende.',
      hint: 'Der Knopf ▶ unter der Zeichnung oder die Pfeiltaste →.',
      after: 'PDPTE, PDE, PTE, Byte. Die erste Tabelle hat nur vier Einträge.',
    },
    {
      body: ['Jeder der vier steht für den gleichen Anteil an den 4 GiB Adressen.'],
      task: 'Wie viel ist das?',
      choices: ['4 MiB', '2 MiB', '1 GiB'],
      wrong: ['Dafür steht ein PDE der alten Art.', 'Dafür steht ein PDE bei PAE.', ''],
      hint: '4 GiB geteilt durch 4.',
      after: 'Und ein PDE steht für 2 MiB; so groß ist bei PAE eine große Seite.',
    },
    {
      body: [
        'Die obere Hälfte eines Eintrags setzt die Adresse des Rahmens fort: Bits 39–32 auf dieser CPU.',
      ],
      task: 'Setzen Sie von außen Bit 32 des PTE, und sehen Sie, wohin die Adresse führt.',
      hint: 'Die Bits des PTE stehen unter den Tabellen. Bit 32 ist das letzte der oberen Reihe.',
      after:
        'Über 4 GiB! Diese Maschine hat dort keinen RAM; eine mit 16 GiB hat welchen. Adressen von Programmen enden weiterhin bei 4 GiB.',
    },
    {
      body: ['Stellen Sie es zurück.'],
      task: 'Löschen Sie Bit 32 wieder.',
      hint: 'Das letzte Bit der oberen Reihe, oder „Rückgängig“.',
      after: 'Zurück im RAM.',
    },
    {
      body: [
        'Die vier Einträge ganz oben sind besonders: Die CPU kopiert sie in Register, wenn CR3 geladen wird, und geht von diesen aus.',
      ],
      task: 'Jemand löscht P von PDPTE[0] im Speicher. Dann liest das Programm. Was geschieht?',
      choices: [
        'Ein Seitenfehler.',
        'Es gelingt: Die Kopie in der CPU sagt noch „vorhanden“.',
        'Die Maschine bleibt stehen.',
      ],
      wrong: [
        'So wäre es bei jeder anderen Tabelle. Wo sieht die CPU bei diesen vieren nach?',
        '',
        'Noch ist nichts falsch: Speicher und Kopie unterscheiden sich, und das ist erlaubt.',
      ],
      hint: 'Über der ersten Tabelle steht „in der CPU“.',
      after: 'Der Speicher hat sich geändert, die Register nicht.',
    },
    {
      body: ['Tun Sie es, von außen.'],
      task: 'Klicken Sie PDPTE[0] an, und löschen Sie sein Bit 0.',
      hint: 'Ein Klick auf den Eintrag der ersten Tabelle zeigt unten seine Bits. Die Zeichnung zeigt, was die CPU enthält, deshalb scheint das Bit zu bleiben.',
      after: 'Im Speicher ist P jetzt 0; die CPU enthält noch den alten Eintrag.',
    },
    {
      body: ['Sehen Sie, was das Programm davon merkt.'],
      task: 'Lassen Sie es lesen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Nichts.',
    },
    {
      body: ['Jetzt lädt der Kernel CR3 mit dem Wert, den es schon hat.'],
      task: 'Lassen Sie beide laufen.',
      hint: 'Drücken Sie zweimal „Ausführen“.',
      after:
        'Die CPU hat die vier Einträge neu gelesen, und das Programm bekommt einen Fehler. Manche Emulatoren vergessen das, und Kernel, die auf ihnen laufen, scheitern auf einer echten CPU.',
    },
  ],
};
