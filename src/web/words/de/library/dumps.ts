/** What is wrong with a dump, or with the registers beside it, by the English template of the message. */
export const DUMP_MESSAGES: Readonly<Record<string, string>> = {
  'the bitmap of its frames': 'die Bitmap seiner Rahmen',
  'more than 2^53': 'mehr als 2^53',
  'the dump is cut short: {0} reaches to byte {1}, and the file has {2}':
    'das Abbild ist abgeschnitten: {0} reicht bis Byte {1}, und die Datei hat {2}',
  'the dump holds the RAM at {0} twice': 'das Abbild enthält den RAM bei {0} zweimal',
  'the RAM at {0}': 'der RAM bei {0}',
  '{0} is damaged: {1} bytes of Snappy do not give {2}':
    'beschädigt: {0}; aus {1} Bytes von Snappy werden keine {2}',
  'no codec': 'ungepackt',
  'flags {0}': 'den Merkmalen {0}',
  '{0} is compressed with {1}, which is not read here; make the dump with zlib (-z) or snappy (-s)':
    '{0} ist mit {1} gepackt, was hier nicht gelesen wird; machen Sie das Abbild mit zlib (-z) oder Snappy (-s)',
  '{0} is damaged: its {1} bytes ({2}) are not {3} bytes compressed':
    'beschädigt: {0}; die {1} Bytes ({2}) sind keine {3} gepackten Bytes',
  'the ELF header': 'der Kopf der ELF-Datei',
  'ELF class {0} is neither 32 nor 64 bits': 'die ELF-Klasse {0} ist weder 32 noch 64 Bit',
  'this ELF file is big-endian, so it is no dump of an x86 machine':
    'diese ELF-Datei ist Big-Endian, also kein Abbild einer x86-Maschine',
  'this ELF file is of machine {0}, not of x86 ({1} or {2})':
    'diese ELF-Datei ist von Maschine {0}, nicht von x86 ({1} oder {2})',
  'this ELF file is of type {0}, a program or library, not a core file ({1})':
    'diese ELF-Datei hat den Typ {0}, ist also ein Programm oder eine Bibliothek und kein Core ({1})',
  'the ELF file has no segment with memory in it': 'die ELF-Datei hat kein Segment mit Speicher darin',
  'the number of its segments': 'die Zahl seiner Segmente',
  "the ELF file's program headers have {0} bytes, fewer than {1}":
    'die Programmköpfe der ELF-Datei haben {0} Bytes, weniger als {1}',
  'the table of its segments': 'die Tabelle seiner Segmente',
  "makedumpfile's header": 'der Kopf von makedumpfile',
  "this is makedumpfile's flattened format, of an unknown type or version":
    'das ist das flache Format von makedumpfile, in unbekannter Art oder Version',
  'a record': 'ein Satz',
  'the flattened dump has a record of {0} bytes for offset {1} at byte {2}':
    'das flache Abbild hat bei Byte {2} einen Satz von {0} Bytes für die Stelle {1}',
  'a record of the flattened dump': 'ein Satz des flachen Abbilds',
  'the flattened dump has more than {0} records': 'das flache Abbild hat mehr als {0} Sätze',
  'the kdump header': 'der Kopf des kdump',
  'the kdump header gives no block size of {0} bytes, which a dump of an x86 machine has':
    'der Kopf des kdump nennt keine Blockgröße von {0} Bytes, wie sie ein Abbild einer x86-Maschine hat',
  'the kdump sub-header': 'der zweite Kopf des kdump',
  'the kdump header says that the machine has {0} frames':
    'nach dem Kopf des kdump hat die Maschine {0} Rahmen',
  'the kdump bitmaps of {0} bytes are too short for {1} frames':
    'die Bitmaps des kdump sind mit {0} Bytes zu kurz für {1} Rahmen',
  'the table of its frames': 'die Tabelle seiner Rahmen',
  'its last frame': 'sein letzter Rahmen',
  'frame {0}': 'Rahmen {0}',
  'the descriptor of {0}': 'der Deskriptor zu: {0}',
  '{0} has {1} compressed bytes, more than the {2} of the frame':
    '{0} hat {1} gepackte Bytes, mehr als die {2} des Rahmens',
  'a descriptor': 'ein Deskriptor',
  'the header of a stretch of RAM': 'der Kopf eines Stücks RAM',
  'at byte {0} the header of the next stretch of RAM should be, and is not':
    'bei Byte {0} müsste der Kopf des nächsten Stücks RAM stehen, und da ist keiner',
  'the header at byte {0} is of version {1}; version {2} is read here':
    'der Kopf bei Byte {0} hat die Version {1}; gelesen wird hier Version {2}',
  'the header at byte {0} gives RAM from {1} to {2}': 'der Kopf bei Byte {0} nennt RAM von {1} bis {2}',
  'stretches of RAM': 'Stücke RAM',
  'the compressed size of a stretch of RAM': 'die gepackte Größe eines Stücks RAM',
  'a compressed size': 'eine gepackte Größe',
  'the stretch of RAM at byte {0} has {1} compressed bytes, and says {2}':
    'das Stück RAM bei Byte {0} hat {1} gepackte Bytes und nennt {2}',
  'a chunk of RAM': 'ein Block RAM',
  'the chunk at byte {0} is of unknown kind {1}': 'der Block bei Byte {0} ist von der unbekannten Art {1}',
  'the RAM from {0} on': 'der RAM ab {0}',
  'the chunk at byte {0} has {1} bytes for RAM from {2} to {3}':
    'der Block bei Byte {0} hat {1} Bytes für RAM von {2} bis {3}',
  chunks: 'Blöcke',
  'the dump has more than {0} {1}': 'das Abbild hat mehr als {0} {1}',
  'the dump is empty': 'das Abbild ist leer',
  'this ELF file has no section .xen_pages, so it is no dump by Xen':
    'diese ELF-Datei hat keinen Abschnitt .xen_pages, ist also kein Abbild von Xen',
  'the file is compressed with {0} as a whole; unpack it first, since memory is read here and there':
    'die Datei ist als Ganzes mit {0} gepackt; entpacken Sie sie erst, denn der Speicher wird hier und da gelesen',
  'this is not {0}: it starts with {1}': 'das ist nicht {0}: Es beginnt mit {1}',
  'its first bytes': 'ihr Anfang',
  'the dump has {0} bytes of notes; at most {1} are read':
    'das Abbild hat {0} Bytes an Notizen; höchstens {1} werden gelesen',
  'the notes of its CPUs': 'die Notizen zu seinen CPUs',
  "QEMU's note about CPU {0} has {1} bytes, fewer than {2}":
    'QEMUs Notiz zu CPU {0} hat {1} Bytes, weniger als {2}',
  'its first page': 'seine erste Seite',
  'its last page': 'seine letzte Seite',
  'this is no saved image and no known dump, and its {0} bytes are no whole pages of raw memory; if it is raw and cut short, say so (--format raw --partial)':
    'das ist keine gespeicherte Maschine und kein bekanntes Abbild, und ihre {0} Bytes sind keine ganzen Seiten rohen Speichers; ist es roh und abgeschnitten, so öffnet es die Kommandozeile (--format raw --partial)',
  'raw memory': 'der rohe Speicher',
  'this may be raw memory without its holes: where no PC has RAM, at {0}, the file has some, so that offsets in it may be no addresses. If they are, say so (--format raw); better is a dump that tells where its RAM lies, such as an ELF core or LiME':
    'das ist vielleicht roher Speicher ohne seine Lücken: Wo kein PC RAM hat, bei {0}, hat die Datei welchen, sodass Stellen in ihr vielleicht keine Adressen sind. Sind sie es doch, so öffnet sie die Kommandozeile (--format raw); besser ist ein Abbild, der sagt, wo sein RAM liegt, etwa ein ELF-Core oder LiME',
  'the registers are a text of {0} characters; at most {1} are read':
    'die Register sind ein Text von {0} Zeichen; höchstens {1} werden gelesen',
  'no CR0, CR3 or CR4 is in the registers\' text; take QEMU\'s `info registers -a`, Bochs\'s `creg` or JSON such as {"cr0": "0x80050033", …}':
    'im Text der Register steht weder CR0 noch CR3 noch CR4; nehmen Sie QEMUs `info registers -a`, Bochs’ `creg` oder JSON wie {"cr0": "0x80050033", …}',
  'the registers are no JSON: {0}': 'die Register sind kein JSON',
  'CPU {0} of the registers is no JSON object': 'CPU {0} der Register ist kein Objekt von JSON',
  'the index of CPU {0} is {1}, no whole number': 'die Nummer von CPU {0} ist {1}, keine ganze Zahl',
  'the registers are an empty list': 'die Register sind eine leere Liste',
  'the register {0} is {1}; write it in hexadecimal, as 0x80050033, in at most 16 digits':
    'das Register {0} ist {1}; schreiben Sie es hexadezimal, wie 0x80050033, mit höchstens 16 Ziffern',
  'the dump has a segment from {0} to {1}; physical addresses of x86 have at most 52 bits':
    'das Abbild hat ein Segment von {0} bis {1}; physische Adressen von x86 haben höchstens 52 Bit',
  ' and {0} more stretches': ' und {0} weitere Stücke',
  'the dump is cut short: it has {0} of {1} bytes; missing are {2} bytes of RAM, from {3} to {4}{5}. To go on with what is there, ask for a partial dump (--partial)':
    'das Abbild ist abgeschnitten: Es hat {0} von {1} Bytes; es fehlen {2} Bytes RAM, von {3} bis {4}{5}. Mit dem, was da ist, öffnet es die Kommandozeile (--partial)',
  'its RAM': 'sein RAM',
  'the Xen dump has neither .xen_p2m nor .xen_pfn, so it does not say where its pages lie':
    'das Abbild von Xen hat weder .xen_p2m noch .xen_pfn, sagt also nicht, wo seine Seiten liegen',
  'the table of its sections': 'die Tabelle seiner Abschnitte',
  'the names of its sections': 'die Namen seiner Abschnitte',
  "Xen's notes": 'Xens Notizen',
  'the Xen dump has pages of {0} bytes, not of {1}':
    'das Abbild von Xen hat Seiten von {0} Bytes, nicht von {1}',
  'the Xen dump says that it has {0} virtual CPUs':
    'das Abbild von Xen hat nach eigener Angabe {0} virtuelle CPUs',
  "the Xen dump lacks Xen's header note": 'dem Abbild von Xen fehlt die Notiz mit Xens Kopf',
  'the Xen dump has {0} pages, and says of {1} where they lie':
    'das Abbild von Xen hat {0} Seiten und sagt von {1}, wo sie liegen',
  'the list of its frames': 'die Liste seiner Rahmen',
  'the context of virtual CPU {0}': 'der Kontext der virtuellen CPU {0}',
  'CR3 is not known: it says where the page tables are':
    'CR3 ist nicht bekannt: Es sagt, wo die Seitentabellen sind',
  'CR4 is not known: it says which paging mode the guest is in; give it (0 for 32-bit paging without 4 MiB pages)':
    'CR4 ist nicht bekannt: Es sagt, in welchem Paging-Modus der Gast ist; geben Sie es an (0 für 32-Bit-Paging ohne Seiten von 4 MiB)',
  'EFER 0x{0} has more than 32 bits': 'EFER 0x{0} hat mehr als 32 Bit',
  'CR3 0x{0} has more than 32 bits, and long mode is not active':
    'CR3 0x{0} hat mehr als 32 Bit, und der Long Mode ist nicht aktiv',
  'CR3 0x{0} has more than 52 bits of address': 'CR3 0x{0} hat mehr als 52 Bit Adresse',
  'the file tells no registers, so the paging mode and the root of the page tables are not known; give them, or look for roots':
    'die Datei nennt keine Register, sodass Paging-Modus und Wurzel der Seitentabellen unbekannt sind; geben Sie sie an, oder suchen Sie nach Wurzeln',
  'there is no CPU {0}; known are the registers of CPU {1}':
    'eine CPU {0} gibt es nicht; bekannt sind die Register von CPU {1}',
  'No registers are known: paging is taken to be off. Give them, or look for the root of the page tables.':
    'Register sind nicht bekannt: Paging gilt als ausgeschaltet. Geben Sie sie an, oder suchen Sie nach der Wurzel der Seitentabellen.',
  'CR0 is not known: paging is taken to be on, with WP.':
    'CR0 ist nicht bekannt: Paging gilt als eingeschaltet, mit WP.',
  'CR4 has bits above 31 ({0}), which have no meaning for paging.':
    'CR4 hat Bits über 31 ({0}), die für das Paging nichts bedeuten.',
  'CR4 has bits that are not known here: {0}.': 'CR4 hat Bits, die hier nicht bekannt sind: {0}.',
  'EFER has bits that are not known here: {0}.': 'EFER hat Bits, die hier nicht bekannt sind: {0}.',
  'CR4 has bits that only long mode uses': 'CR4 hat Bits, die nur der Long Mode benutzt',
  active: 'aktiv',
  'not active': 'nicht aktiv',
  'EFER is not known: long mode is {0}, since {1}; NXE is taken as set, since an entry has bit 63 set.':
    'EFER ist nicht bekannt: Der Long Mode ist {0}, denn {1}; NXE gilt als gesetzt, denn ein Eintrag hat Bit 63.',
  'EFER is not known: long mode is {0}, since {1}; NXE is taken as clear, since no entry has bit 63 set.':
    'EFER ist nicht bekannt: Der Long Mode ist {0}, denn {1}; NXE gilt als gelöscht, denn kein Eintrag hat Bit 63.',
  'CR3 has bit 63, which no CPU keeps; it is left out.':
    'CR3 hat Bit 63, das keine CPU behält; es ist weggelassen.',
  '{0} of the PDPTEs at {1} have the accessed bit set, as QEMU leaves them; it is reserved there, and taken as clear. A CPU would refuse them.':
    '{0} der PDPTEs bei {1} haben das Bit A, wie QEMU sie hinterlässt; dort ist es reserviert und gilt als gelöscht. Eine CPU würde sie ablehnen.',
  'CR3 does not point to the start of a page': 'CR3 zeigt nicht auf den Anfang einer Seite',
  'the entries at CR3 have no R/W and U/S bits, as PDPTEs of PAE':
    'die Einträge bei CR3 haben weder R/W noch U/S, wie PDPTEs von PAE',
  'the entries at CR3 have R/W and U/S bits, which PDPTEs of PAE have not':
    'die Einträge bei CR3 haben R/W und U/S, die PDPTEs von PAE nicht haben',
  'the first four entries at CR3 are empty, and PAE has no others':
    'die ersten vier Einträge bei CR3 sind leer, und PAE hat keine anderen',
  'its code segment is 64-bit': 'ihr Codesegment hat 64 Bit',
  'the dump is of machine {0}': 'das Abbild ist von der Maschine {0}',
  'The dump lacks the content of {0} bytes of RAM.': 'Dem Abbild fehlt der Inhalt von {0} Bytes RAM.',
  'Memory is placed by machine frames, as the page tables of a paravirtual guest have them.':
    'Der Speicher liegt nach Maschinenrahmen, wie sie die Seitentabellen eines paravirtuellen Gastes haben.',
  'The dump names only the memory that is mapped (-p); {0} bytes between were found in the file.':
    'Das Abbild nennt nur den abgebildeten Speicher (-p); {0} Bytes dazwischen fanden sich in der Datei.',
};
