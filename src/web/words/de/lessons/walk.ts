import type { LessonWords } from '../../shape.ts';

export const walk: LessonWords = {
  title: 'Was ein Durchlauf ist',
  goal: 'Wie aus einer Adresse, die ein Programm nennt, ein Ort im Speicher wird.',
  steps: [
    {
      body: [
        'Programme sagen nicht, wo im Speicher ihre Daten liegen. Sie nennen eine *lineare* Adresse, etwa `0xc000_0000`, und zu jeder sucht die CPU in Tabellen die *physische* Adresse heraus. Dieses Nachschlagen heißt *Durchlauf* (engl. walk).',
        'Er beginnt beim Register CR3. Darin steht die physische Adresse der ersten Tabelle, des *Seitenverzeichnisses*.',
      ],
      task: 'Wie oft liest die CPU den Speicher, bevor sie das Byte selbst lesen kann?',
      choices: [
        'Nie: Die Adresse ist der Ort.',
        'Zweimal: einen Eintrag des Verzeichnisses, einen einer Tabelle.',
        '1024-mal: Sie durchsucht das Verzeichnis nach der Adresse.',
      ],
      wrong: [
        'Dann könnten zwei Programme nicht dieselbe Adresse für verschiedene Daten benutzen. Die Adresse ist nur das, was die CPU nachschlägt.',
        '',
        'Suchen muss sie nicht: Ein Teil der Adresse ist die Nummer des Eintrags, wie eine Seitenzahl zu einer Seite eines Buches führt.',
      ],
      hint: 'Die Adresse oben ist in drei farbige Teile zerlegt. Zwei davon wählen einen Eintrag; der dritte ist die Stelle in der Seite.',
      after: 'Zwei Einträge, dann das Byte. Sehen Sie dabei zu.',
    },
    {
      body: [
        'Blau: Die Bits 31–22 wählen einen von 1024 Einträgen des Verzeichnisses, einen PDE. Er nennt die nächste Tabelle.',
        'Violett: Die Bits 21–12 wählen dort einen Eintrag, einen PTE. Er nennt eine Seite von 4096 Bytes. Grün: Die Bits 11–0 sagen, welches Byte darin.',
      ],
      task: 'Gehen Sie Schritt für Schritt bis zum Byte: mit dem Knopf ▶ unter der Zeichnung oder der Pfeiltaste →.',
      hint: 'Die Knöpfe stehen zwischen Zeichnung und Karte. Dort bleiben sie.',
      after: 'CR3, PDE, PTE, Byte. Ihr eigener Rechner tut das ununterbrochen.',
    },
    {
      body: [
        'Jetzt bestimmen Sie, wohin die CPU geht. Jedes Bit der Adresse lässt sich anklicken, und ebenso jede Zeile einer Tabelle.',
      ],
      task: 'Behalten Sie den Verzeichniseintrag 768, machen Sie den Tabellenindex zu 5 und den Offset zu 0xabc.',
      hint: 'Fünf ist binär 101: Setzen Sie im violetten Teil die Bits 14 und 12, oder klicken Sie auf Zeile 5 der Seitentabelle. 0xabc ist 1010 1011 1100. Oder tippen Sie c0005abc in das Feld oben.',
      after: 'PTE[5] ist es. Ein Eintrag weiter in einer Tabelle ist eine Seite weiter im Adressraum.',
    },
    {
      body: ['Der grüne Teil heißt *Offset*. Sehen Sie sich die Summe unter der physischen Adresse an.'],
      task: 'Sie werden Bit 0 der Adresse umlegen. Wie weit bewegt sich die physische Adresse?',
      choices: ['um 1 Byte', 'um 4096 Bytes', 'an einen Ort, der sich nicht vorhersagen lässt'],
      wrong: [
        '',
        'Das würde Bit 12 mit der Seite tun. Bit 0 gehört zum grünen Teil.',
        'Die Rahmen sind verstreut, deshalb führen Bits des blauen und des violetten Teils irgendwohin. Der grüne Teil geht unverändert durch.',
      ],
      hint: 'Bit 0 ist das letzte des grünen Teils, der zum Anfang der Seite addiert wird.',
      after: 'Tabellen übersetzen ganze Seiten. Innerhalb einer Seite verschiebt sich nichts.',
    },
    {
      body: ['Und eine Seite weiter? Sehen Sie selbst, wie verstreut die Rahmen liegen.'],
      task: 'Legen Sie Bit 12 um, sodass der Tabellenindex 4 wird, und vergleichen Sie die physischen Adressen.',
      hint: 'Bit 12 ist das letzte des violetten Teils.',
      after:
        'Die nächste Seite liegt ganz woanders. Ein Programm merkt davon nichts: Seine Adressen folgen aufeinander.',
    },
    {
      body: [
        'Der Gast hat 16 MiB Speicher, aber es gibt 4 GiB Adressen. Die meisten führen ins Nichts: In einem Eintrag ist Bit P, *present* (vorhanden), 0. Dann meldet die CPU einen *Seitenfehler* mit einem *Fehlercode*.',
        'Dessen Bit P ist 1, wenn alle Einträge vorhanden waren. W: Es wurde geschrieben. U: Ring 3 war es.',
      ],
      task: 'Der Kernel liest `0x0804_8000`. Was wird geschehen?',
      hint: 'Sehen Sie sich Bit 0 des Eintrags PDE[32] an. Der Kernel liest: kein Schreiben, nicht Ring 3.',
      after:
        'Alle Bits sind 0: Etwas war nicht vorhanden, es wurde nicht geschrieben, und es war nicht Ring 3.',
    },
    {
      body: ['Lassen Sie es geschehen.'],
      task: 'Lassen Sie den Kernel seinen Befehl ausführen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        'Ein Seitenfehler: Die CPU hält die Adresse in CR2 fest und ruft den Handler des Kernels. Jetzt wissen Sie, was ein Durchlauf ist.',
    },
  ],
};
