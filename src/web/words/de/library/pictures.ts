/** What stands in drawings that the library makes. */

/** By the English template. */
export const PICTURE_PHRASES: Readonly<Record<string, string>> = {
  'its last {0}': 'ihre letzten {0}',
  'its boot {0}': 'ihre {0} vom Start',
  '{0} page': '{0} Seite',
  '{0} pages': '{0} Seiten',
  "Xen's 64 MiB": 'Xens 64 MiB',
  'all 4 GiB': 'alle 4 GiB',
  'the domain, {0}': 'die Domäne, {0}',
  '* drawn larger than its scale; every other box of a column is as high as it is large':
    '* größer gezeichnet, als es der Maßstab verlangt; alle anderen Kästen einer Spalte sind so hoch, wie sie groß sind',
  'every box of a column is as high as it is large':
    'alle Kästen einer Spalte sind so hoch, wie sie groß sind',
  'Linear address space of domain {0}': 'Linearer Adressraum der Domäne {0}',
  '{0}: {1} to {2}, {3}': '{0}: {1} bis {2}, {3}',
  '{0}{1} {2}': '{0}{1} {2}',
  '{0}, read-only': '{0}, nur lesbar',
  '{0} from {1} to {2}': '{0} von {1} bis {2}',
  'From low addresses to high: {0}. All else is not mapped.':
    'Von niedrigen Adressen zu hohen: {0}. Alles andere ist nicht abgebildet.',
};

/** What boxes are called, beside the names of regions. */
export const PICTURE_LABELS: Readonly<Record<string, string>> = {
  'not mapped': 'nicht abgebildet',
  'left to Xen': 'für Xen frei',
  'last pages': 'letzte Seiten',
  'boot pages': 'Seiten vom Start',
  'machine-to-physical': 'Maschine → physisch',
  'direct map of memory': 'Direktabbildung',
};
