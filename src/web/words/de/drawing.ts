import { formatBytes } from '../../../render/index.ts';
import type { Words } from '../en/index.ts';

export const DRAWING: Words['drawing'] = {
  title: 'Der Durchlauf',
  describe: (all) => `Der Durchlauf als Zeichnung. ${all}`,
  address: 'Bits der Adresse',
  addressBit: (bit, value) => `Adressbit ${bit}: ${value}`,
  fields: {
    PML5E: 'PML5',
    PML4E: 'PML4',
    PDPTE: 'PDPT',
    PDE: 'Verzeichnis',
    PTE: 'Tabelle',
    offset: 'Offset',
  },
  tables: {
    PML5E: 'PML5-Tabelle',
    PML4E: 'PML4-Tabelle',
    PDPTE: 'PDPT',
    PDE: 'Seitenverzeichnis',
    PTE: 'Seitentabelle',
  },
  registers: 'PDPTE-Register',
  inCpu: 'in der CPU',
  readAt: (sum) => `gelesen bei ${sum}`,
  goToEntry: (kind, index) => `Zu ${kind}[${index}] gehen`,
  bitsOf: (_kind, name) => `Bits von ${name}`,
  entryBit: (bit, label, value, meaning) => {
    const name = label === '' || label === '–' ? `Bit ${bit}` : `${label}, Bit ${bit}`;
    return meaning === undefined ? `${name}: ${value}` : `${name}: ${value}, ${meaning}`;
  },
  showBits: (name, value) => `${name}, ${value}: seine Bits zeigen`,
  rights: { writable: 'schreibbar', user: 'auch Ring 3', executable: 'ausführbar' },
  absent: 'P = 0: hier ist nichts',
  reserved: (bits) => `reserviertes Bit ${bits.join(', ')} ist 1`,
  registerNote:
    'Bei PAE liegen diese vier Einträge in der CPU: Eine Änderung im Speicher zählt erst, wenn CR3 neu geladen wird.',
  openBus: 'An dieser Adresse ist kein RAM: Alle Bits werden als 1 gelesen.',
  pageOf: (size) => `Seite von ${formatBytes(size)}`,
  physical: 'physische Adresse',
  byte: (value) => `Byte ${value}`,
  noRam: 'hier ist kein RAM: liest sich als 0xff',
  global: 'Global: überlebt ein Laden von CR3.',
  willSet: (bits, entry) => `Der Zugriff wird ${bits} in ${entry} setzen.`,
  tlbHit: 'Der TLB kennt sie: Ein Durchlauf ist nicht nötig.',
  tlbStale: 'Der TLB kennt eine ältere Übersetzung, und die CPU wird diese benutzen.',
  veiled: 'Was geschieht? Erst entscheiden.',
  veiledWhy: 'Entscheiden Sie erst, was geschehen wird; dann wird es gezeigt.',
};
