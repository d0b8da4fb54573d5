import { formatAddress } from '../../../arch/index.ts';
import type { Words } from '../en/index.ts';
import { libraryMessage, picturePhrase } from './library/index.ts';
import { REGIONS } from './panels.ts';

export const PROBLEMS: Words['problems'] = {
  of: {
    part: ({ part, text }) => `${part}=${text} bedeutet hier nichts`,
    choice: ({ part, text, choices }) => `${part}=${text} ist keines von ${choices.join(', ')}`,
    number: ({ part, text, most, radix }) =>
      `${part}=${text} ist keine Zahl von 0 bis ${most.toString(radix)}`,
    address: ({ part, text, digits }) => `${part}=${text} ist keine Adresse aus ${digits} Hexadezimalziffern`,
    access: ({ part, text }) => `${part}=${text} ist keine Art von Zugriff: 0 bis 2 und 4 bis 6 sind es`,
    form: ({ part, text, forms }) =>
      `${part}=${text} ist kein Fragebogen: ${forms.join(' oder ')}, ein Punkt und eine Zahl`,
    lesson: ({ part, text }) => `${part}=${text} ist keine Lektion`,
    step: ({ part, text, most }) =>
      `${part}=${text}: Einen solchen Schritt gibt es nicht, der letzte ist ${most}`,
    actions: ({ count, most }) => `do: ${count} Handlungen sind mehr als ${most}`,
    action: ({ text }) => `do: „${text}“ ist keine Handlung; sie und alle danach fehlen`,
    full: ({ most }) => `${most} Handlungen sind so viele, wie ein Link fasst; beginnen Sie von vorn`,
    ram: ({ physical, bytes, end }) =>
      `bei ${formatAddress(physical)} ist kein RAM für ${bytes === 1 ? 'ein Byte' : `${bytes} Bytes`} (der Speicher endet bei ${formatAddress(end)})`,
    width: ({ name, value, bits }) =>
      `${name.toUpperCase()} fasst ${bits} Bit, und 0x${value.toString(16)} hat mehr`,
    sweep: ({ pages, most }) => `${pages} Seiten in einer Schleife; höchstens ${most}`,
    'no-xen': () => 'unter dieser Maschine liegt kein Xen, das man bitten könnte',
    played: () => 'der Bau wurde noch einmal abgespielt; beginnen Sie von vorn, dann bitten Sie',
    'no-building': () => 'nur eine Domäne mit ihren eigenen Tabellen kann noch einmal gebaut werden',
    requests: ({ count, all }) => `${count} Rufe: Der Bau besteht aus 0 bis ${all}`,
  },
  machine: (part, text, why) => `${part}=${text} enthält keine Maschine: ${why}`,
  library: libraryMessage,
  picture: (phrase) => picturePhrase(phrase, REGIONS),
  unforeseen: (message) => ({
    text: 'etwas, das niemand vorhergesehen hat; im Wortlaut des Programms',
    technical: message,
  }),
};
