import type { Words } from '../en/index.ts';
import { refusalText } from './refusal.ts';

export const XEN: Words['xen'] = {
  lead: 'Ein Gast ändert seine Tabellen durch einen Ruf an Xen, mmu_update. Solange dieses Feld offen ist, wird auch ein Bit, das Sie in der Zeichnung kippen, von Xen erbeten.',
  absent: 'Unter dieser Maschine liegt kein Xen. Ein Gast von Xen hat eines:',
  build: 'Bauen',
  what: 'Der Kernel bittet um',
  asks: {
    'read-only': 'seine eigene Seite, nur lesbar',
    'own-table': 'RW für sein eigenes Verzeichnis',
    foreign: 'eine Seite einer anderen Domäne',
    'xen-frame': 'eine Seite von Xen',
    'xen-slot': 'einen Eintrag in Xens Slots',
    'data-as-table': 'eine Datenseite als Seitentabelle',
    global: 'eine globale Seite',
    list: 'drei Änderungen, eine verboten',
    'linear-map': 'sein Verzeichnis als Tabelle, ohne RW',
    'linear-writable': 'dasselbe mit RW',
  },
  columns: ['Eintrag bei', 'neuer Wert'],
  pointer: (number) => `Adresse des Eintrags ${number}`,
  value: (number) => `Wert des Eintrags ${number}`,
  bad: 'Schreiben Sie bis zu 8 Hexadezimalziffern',
  ask: 'Xen bitten',
  write: 'Selbst schreiben',
  own: 'Selbst geschrieben',
  answer: 'Von Xen erbeten',
  notYet: 'noch nicht versucht',
  fault: (name, code) =>
    `${name}, Fehlercode ${code}. Die CPU lehnt ab, ganz gleich welchen Wert: Kein Gast darf in diese Seite schreiben.`,
  through: (physical) => `Es gelingt, bei ${physical}: Niemand sieht den Wert an.`,
  notSeen: 'Der Kernel sieht keine solche Adresse: Da ist nichts zu schreiben.',
  done: (count) =>
    count === 1
      ? 'Xen hat den Wert angesehen und geschrieben.'
      : `Xen hat alle ${count} angesehen und geschrieben.`,
  before: (applied, count) =>
    `Änderung ${applied + 1} von ${count} wurde abgelehnt. ${applied === 1 ? 'Die eine davor ist getan und bleibt.' : applied === 0 ? 'Keine wurde ausgeführt.' : `Die ${applied} davor sind getan und bleiben.`}`,
  because: refusalText,
  granted: (count) =>
    `Der Kernel bittet Xen um ${count === 1 ? 'eine Änderung' : `${count} Änderungen`}: gewährt.`,
  refused: (number, why) => `Der Kernel bittet Xen: abgelehnt mit ${number}, denn ${why}.`,
};
