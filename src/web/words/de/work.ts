import type { Actor } from '../../session.ts';
import type { Words } from '../en/index.ts';

export const WORK: Words['work'] = {
  who: 'Wer',
  actors: { xen: 'Xen', kernel: 'Kernel', program: 'Programm' },
  ring: (ring) => `Ring ${ring}`,
  what: 'tut was',
  kinds: ['lesen', 'schreiben', 'ausführen'],
  address: 'an der Adresse',
  slider: 'Durch den Adressraum ziehen',
  value: 'den Wert',
  places: 'Gehe zu …',
  nowhere: 'nirgends',
  xenPlaces: ['Xen: eine Tabelle zum Lesen', 'Xen selbst'],
  badAddress: (digits) => `Keine Adresse: Schreiben Sie bis zu ${digits} Hexadezimalziffern`,
  badValue: 'Kein Wert: Schreiben Sie bis zu 8 Hexadezimalziffern',
  do: 'Tun',
  doHint: 'Die CPU tut es wirklich: setzt A und D, füllt den TLB oder meldet einen Fehler.',
  controls: 'Schritte des Durchlaufs',
  first: 'Zum ersten Schritt',
  back: 'Zurück',
  forward: 'Weiter',
  all: 'Bis zum Ende',
  play: 'Abspielen',
  pause: 'Anhalten',
  position: (step, last) => `${step + 1} / ${last + 1}`,
  off: 'Paging ist aus (CR0.PG = 0): Die lineare Adresse ist die physische Adresse.',
};

const WHO: Readonly<Record<Actor, string>> = {
  xen: 'Xen (Ring 0)',
  kernel: 'Der Kernel',
  program: 'Das Programm (Ring 3)',
  you: 'Jemand von außen',
  builder: 'Der Domain Builder',
};
const DOES = ['liest', 'schreibt', 'führt Code aus bei'] as const;

export const SAY: Words['say'] = {
  cr3: (value) => `CR3 enthält ${value}: Dort im physischen Speicher beginnt die oberste Tabelle.`,
  entry: (name, index, at, value) =>
    `Die Adresse wählt Eintrag ${index}: ${name} bei ${at} enthält ${value}.`,
  table: (target) => `Er ist vorhanden und zeigt auf die nächste Tabelle bei ${target}.`,
  page: (target) => `Er ist vorhanden und nennt die Seite bei ${target}.`,
  absent: 'Sein Bit P ist 0: Hier ist nichts.',
  reserved: 'Ein reserviertes Bit ist gesetzt.',
  rights: (rights) => `Bis hierher erlaubt: ${rights}.`,
  right: {
    writable: ['nur lesen', 'schreibbar'],
    user: ['nur Supervisor', 'auch Ring 3'],
    executable: ['kein Code', 'ausführbar'],
  },
  ok: (physical) => `Das Byte liegt an der physischen Adresse ${physical}. Der Zugriff ist erlaubt.`,
  fault: (name, why, code) => `${name}. ${why}${code === '' ? '' : ` Fehlercode ${code}.`}`,
  done: {
    access: (who, kind, at, to, value, hit) => {
      const what = `${WHO[who]} ${DOES[kind]} ${at}`;
      const written = value === undefined || kind !== 1 ? '' : `, den Wert ${value}`;
      const seen = value === undefined || kind === 1 ? '' : `: ${value}`;
      return `${what}${written}. Das führt zur physischen Adresse ${to}${seen}${hit ? ', geradewegs aus dem TLB' : ''}.`;
    },
    fault: (who, kind, at, name, code) =>
      `${WHO[who]} ${DOES[kind]} ${at}: ${name}${code === '' ? '' : `, Fehlercode ${code}`}.`,
    sweep: (who, pages, at, hits, walks) =>
      `${WHO[who]} geht durch ${pages} Seiten ab ${at}: ${hits}-mal kannte der TLB den Weg, ${walks}-mal war ein Durchlauf nötig.`,
    copy: (from, to) => `${WHO.kernel} kopiert die Seite bei ${from} nach ${to}.`,
    word: (at, value) => `Von außen kommt ${value} in den Speicher bei ${at}. Die CPU erfährt es nicht.`,
    register: (who, name, value, dropped) =>
      `${WHO[who]} lädt ${name} mit ${value}.${dropped > 0 ? ` Der TLB vergisst ${dropped} ${dropped === 1 ? 'Eintrag' : 'Einträge'}.` : ''}`,
    invlpg: (who, at, dropped) =>
      `${WHO[who]} macht INVLPG ${at}: ${dropped > 0 ? 'Der TLB vergisst die Seite' : 'Der TLB hatte nichts davon'}.`,
    built: (requests) =>
      requests === 0
        ? 'Die Tabellen sind leer: Noch ist nichts gebaut.'
        : `Xen hat ${requests} der Anfragen des Domain Builders erledigt.`,
    cpu: (name) => `Von außen kommt eine andere CPU hinein: ${name}, mit leerem TLB.`,
  },
};

export const HISTORY: Words['history'] = {
  title: 'Was getan wurde',
  empty: 'Noch nichts.',
  who: {
    xen: 'Xen',
    kernel: 'Kernel',
    program: 'Programm',
    you: 'Sie',
    builder: 'Builder',
  },
  kinds: ['liest', 'schreibt', 'führt aus'],
  sweep: (pages, at, hits) => `${pages} Seiten ab ${at}: ${hits} TLB-Treffer`,
  copy: (from, to) => `kopiert eine Seite von ${from} nach ${to}`,
  fault: (code) => `Fehler, Fehlercode ${code}`,
  hit: 'aus dem TLB',
  memory: (at, value) => `Speicher ${at} ← ${value}`,
  invlpg: (at) => `INVLPG ${at}`,
  asks: (count, first) => `bittet Xen um ${first}${count > 1 ? ` und ${count - 1} weitere` : ''}`,
  built: (requests) => `Anfrage ${requests}`,
  cpu: (name) => `CPU: ${name}`,
  strip: 'Was bisher getan wurde: zu einem Augenblick gehen',
  start: 'Der Anfang, bevor etwas getan wurde.',
  moment: (count, all) => `Augenblick ${count} von ${all}.`,
  undone: 'Zurückgenommen: Ein Druck tut es noch einmal.',
  reads: (reads) => (reads === 0 ? '' : reads === 1 ? '1 Eintrag gelesen.' : `${reads} Einträge gelesen.`),
  totals: ({ hits, walks, faults, reads }) =>
    `${hits} aus dem TLB; ${walks} ${walks === 1 ? 'Durchlauf' : 'Durchläufe'}, ${faults} Fehler: ${reads} ${reads === 1 ? 'Eintrag' : 'Einträge'} gelesen`,
};
