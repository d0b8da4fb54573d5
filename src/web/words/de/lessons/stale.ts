import type { LessonWords } from '../../shape.ts';

export const stale: LessonWords = {
  title: 'Der veraltete TLB',
  goal: 'Warum es nur die halbe Arbeit ist, eine Tabelle zu ändern.',
  steps: [
    {
      body: [
        'Ein Durchlauf kostet bei jedem Zugriff zweimal Lesen. Deshalb behält die CPU die letzten Übersetzungen in einem kleinen Cache, dem *TLB*.',
      ],
      task: 'Lassen Sie den Kernel `0xc030_0000` lesen, und suchen Sie die Übersetzung im Feld unten.',
      hint: 'Drücken Sie hier „Ausführen“. Danach hat das Feld „TLB“ eine Zeile.',
      after: 'Da ist sie. Der nächste Zugriff auf diese Seite braucht keinen Durchlauf.',
    },
    {
      body: [
        'Nehmen Sie dem Gast nun die Seite weg, wie Xen es tut, wenn es den Rahmen für jemand anderen braucht.',
      ],
      task: 'Löschen Sie P, Bit 0, im PTE.',
      hint: 'Es ist das letzte Bit des violetten Eintrags.',
      after: 'Im Speicher ist die Seite fort.',
    },
    {
      body: ['Der Kernel weiß davon nichts und liest dieselbe Seite wieder.'],
      task: 'Was geschieht?',
      choices: ['Es gelingt.', 'Ein Seitenfehler.'],
      wrong: ['', 'Das sagt der Durchlauf. Aber macht die CPU einen? Sehen Sie sich den TLB an.'],
      hint: 'Sehen Sie sich die Zeile im TLB an: Wer hat der CPU gesagt, dass sie sie vergessen soll?',
      after: 'Die CPU glaubt ihrem TLB.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel lesen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        'Der Durchlauf ergibt einen Fehler, und doch gelang das Lesen. Wer diesen Rahmen als Nächster bekommt, teilt ihn mit einem Gespenst.',
    },
    {
      body: [
        'Die Zeile ist *veraltet*: Im Speicher steht etwas anderes. Das ist kein Fehler der CPU. Man muss es ihr sagen, mit INVLPG.',
      ],
      task: 'Lassen Sie Xen das tun, und den Kernel wieder lesen.',
      hint: 'Drücken Sie zweimal „Ausführen“.',
      after: 'Jetzt gibt es einen Fehler, wie es sein soll.',
    },
    {
      body: ['Und nun umgekehrt: Die Seite kommt zurück.'],
      task: 'Setzen Sie P wieder.',
      hint: 'Es ist das rote Bit 0.',
      after: 'Im Speicher ist die Seite wieder da.',
    },
    {
      body: ['Der Kernel wird sie lesen.'],
      task: 'Muss man es der CPU auch diesmal sagen?',
      choices: ['Ja, sonst gibt es weiter Fehler.', 'Nein.'],
      wrong: ['Dazu müsste sie sich merken, dass die Seite fehlte. Sehen Sie nach, ob der TLB das tut.', ''],
      hint: 'Enthält der TLB irgendetwas über diese Seite?',
      after: 'Was nicht vorhanden ist, steht nie im TLB, also gibt es nichts zu vergessen.',
    },
    {
      body: ['Sehen Sie nach; und lassen Sie auch Xen eine eigene Seite lesen.'],
      task: 'Lassen Sie beide laufen.',
      hint: 'Drücken Sie zweimal „Ausführen“.',
      after: 'Der TLB hat für jeden eine Zeile. Die von Xen trägt ein G: *global*.',
    },
    {
      body: [
        'Ein Laden von CR3 lässt die CPU alles auf einmal vergessen, denn ein anderes Verzeichnis kann eine andere Welt bedeuten.',
      ],
      task: 'Was enthält der TLB, nachdem Xen CR3 mit dem Wert geladen hat, den es schon hat?',
      choices: ['beide Zeilen', 'keine', 'die Zeile von Xen'],
      wrong: [
        'Der Wert ist derselbe, aber die CPU vergleicht nicht: Sie vergisst.',
        'Fast: Einträge mit G bleiben, denn sie sind in jeder Welt gleich.',
        '',
      ],
      hint: 'Suchen Sie das G in der Spalte „Rechte“.',
      after: 'G erhält die Seiten von Xen, die in jedem Gast dieselben sind.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie Xen CR3 laden.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Die Seite des Gastes ist vergessen, die von Xen ist noch da.',
    },
  ],
};
