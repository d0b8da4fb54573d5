/** What registers, CPUs and memory refuse, by the English template of the message. */
export const CPU_MESSAGES: Readonly<Record<string, string>> = {
  "no CPU model '{0}'; there are {1}": 'kein CPU-Modell „{0}“; es gibt {1}',
  'a CPU is the name of a model or an object of features, not {0}':
    'eine CPU ist der Name eines Modells oder ein Objekt von Merkmalen, nicht {0}',
  'a CPU with {0} also has {1}; set {2}, or leave {3} out':
    'eine CPU mit {0} hat auch {1}; setzen Sie {2}, oder lassen Sie {3} weg',
  "no CPU feature '{0}'; there are {1}": 'kein Merkmal einer CPU heißt „{0}“; es gibt {1}',
  'the CPU feature {0} is a {1}, not {2}': 'das Merkmal {0} einer CPU hat den Typ {1} und ist nicht {2}',
  'the vendor of a CPU is AMD or Intel, not {0}': 'der Hersteller einer CPU ist AMD oder Intel, nicht {0}',
  'physicalAddressBits {0} is not a whole number from 32 to 52':
    'physicalAddressBits {0} ist keine ganze Zahl von 32 bis 52',
  'addressLines {0} is not a whole number from 12 to physicalAddressBits, {1}':
    'addressLines {0} ist keine ganze Zahl von 12 bis physicalAddressBits, {1}',
  '{0} {1} is not a whole number from 0 to 0xffff_ffff': '{0} {1} ist keine ganze Zahl von 0 bis 0xffff_ffff',
  "#UD: the CPU model '{0}' has no {1}": '#UD: Das CPU-Modell „{0}“ hat kein {1}',
  unnamed: 'ohne Namen',
  'CR0.PG needs CR0.PE': 'CR0.PG verlangt CR0.PE',
  'CR0.NW needs CR0.CD': 'CR0.NW verlangt CR0.CD',
  "the CPU model '{0}' reserves CR4 bits {1}": 'im CPU-Modell „{0}“ sind die Bits {1} von CR4 reserviert',
  "the CPU model '{0}' reserves EFER bits {1}": 'im CPU-Modell „{0}“ sind die Bits {1} von EFER reserviert',
  'long mode needs CR4.PAE': 'der Long Mode verlangt CR4.PAE',
  'CR4.CET needs CR0.WP': 'CR4.CET verlangt CR0.WP',
  'CR4.PCIDE needs long mode to be active': 'CR4.PCIDE verlangt, dass der Long Mode aktiv ist',
  'CR4.LA57 cannot change while long mode is active':
    'CR4.LA57 kann sich nicht ändern, solange der Long Mode aktiv ist',
  'CR4.PCIDE can be set only while CR3 bits 11–0 are 0; they are {0}':
    'CR4.PCIDE kann nur gesetzt werden, solange die Bits 11–0 von CR3 null sind; sie sind {0}',
  'EFER.LME cannot change while paging is on':
    'EFER.LME kann sich nicht ändern, solange Paging eingeschaltet ist',
  '#GP(0): {0} (value written: {1})': '#GP(0): {0} (geschriebener Wert: {1})',
  'CR0.PG cannot be cleared while CR4.PCIDE is set':
    'CR0.PG kann nicht gelöscht werden, solange CR4.PCIDE gesetzt ist',
  'cr3 {0} is not a whole number': 'CR3 {0} ist keine ganze Zahl',
  'cr3 {0} is not in 0 to 2^64 - 1': 'CR3 {0} liegt nicht zwischen 0 und 2^64 − 1',
  'CR3 bits from {0} up are reserved': 'in CR3 sind die Bits ab {0} reserviert',
  ' at {0}': ' bei {0}',
  'PDPTE {0}{1} has reserved bits set': 'in PDPTE {0}{1} sind reservierte Bits gesetzt',
  '{0} {1} is not a whole number of 32 bits, 0 to 0xffff_ffff':
    '{0} {1} ist keine ganze Zahl von 32 Bit, 0 bis 0xffff_ffff',
  'INVPCID has types 0 to 3': 'INVPCID hat die Arten 0 bis 3',
  'a PCID is 0 to 4095': 'eine PCID ist 0 bis 4095',
  'CR4.PCIDE is clear, so the PCID must be 0': 'CR4.PCIDE ist nicht gesetzt, also muss die PCID 0 sein',
  'the address is not canonical': 'die Adresse ist nicht kanonisch',
  "hole {0} from {1} to {2} is not made of whole frames behind {3} and up to the memory's end, {4}":
    'Lücke {0} von {1} bis {2} besteht nicht aus ganzen Rahmen ab {3} und bis zum Ende des Speichers, {4}',
  'physical {0} + {1} bytes reaches into the hole from {2} to {3}, where there is no RAM':
    'die physische Adresse {0} + {1} Bytes reicht in die Lücke von {2} bis {3}, wo kein RAM ist',
  'physical address {0} is not a whole number from 0 up':
    'die physische Adresse {0} ist keine ganze Zahl ab 0',
  'length {0} is not a whole number from 0 up': 'die Länge {0} ist keine ganze Zahl ab 0',
  'physical {0} + {1} bytes reaches beyond the end of memory at {2}':
    'die physische Adresse {0} + {1} Bytes reicht über das Ende des Speichers bei {2} hinaus',
  'no RAM is there': 'dort ist kein RAM',
  'the dump lacks its content': 'sein Inhalt fehlt im Abbild',
  'physical {0}: {1}': 'physische Adresse {0}: {1}',
};
