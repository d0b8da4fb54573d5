/** What is wrong with a saved machine, or with one in a link, by the English template of the message. */
export const IMAGE_MESSAGES: Readonly<Record<string, string>> = {
  'it is cut short': 'er ist abgeschnitten',
  'a block is of the reserved type 3': 'ein Block ist von der reservierten Art 3',
  'the two lengths of a stored block disagree': 'die zwei Längen eines ungepackten Blocks sind verschieden',
  'a block has more codes than there are symbols': 'ein Block hat mehr Codes, als es Zeichen gibt',
  'the code of the code lengths of a block is none': 'der Code der Codelängen eines Blocks ist keiner',
  'a block repeats a code length before the first, or behind the last':
    'ein Block wiederholt eine Codelänge vor der ersten oder hinter der letzten',
  'a block has no code for its end': 'ein Block hat keinen Code für sein Ende',
  'the codes of literals and lengths of a block are none':
    'die Codes der Zeichen und Längen eines Blocks sind keine',
  'the codes of distances of a block are none': 'die Codes der Abstände eines Blocks sind keine',
  'bits are no code of a literal or a length': 'Bits sind kein Code eines Zeichens oder einer Länge',
  'bits are no code of a distance': 'Bits sind kein Code eines Abstands',
  'it repeats bytes from before its start': 'es werden Bytes von vor dem Anfang wiederholt',
  'it does not begin with a zlib header': 'am Anfang steht kein Kopf von zlib',
  'it needs a dictionary, which nobody gave': 'es fehlt ein Wörterbuch',
  'it holds more than {0} bytes': 'darin sind mehr als {0} Bytes',
  'its checksum is 0x{0}, not 0x{1}': 'die Prüfsumme ist 0x{0}, nicht 0x{1}',
  'something follows the machine': 'hinter der Maschine folgt noch etwas',
  'its RAM is larger than 4 GiB, the most in a link':
    'ihr RAM ist größer als 4 GiB, das Meiste in einem Link',
  'the file has become shorter since it was opened': 'die Datei ist kürzer geworden, seit sie geöffnet wurde',
  'the browser cannot read the file any more: it was changed or moved since it was opened':
    'der Browser kann die Datei nicht mehr lesen: Sie wurde geändert oder verschoben, seit sie geöffnet wurde',
  'it is not in base64url': 'es ist kein base64url',
  'it has {0} characters; at most {1} are read': 'es hat {0} Zeichen; höchstens {1} werden gelesen',
  'this machine holds no counterexample; x86-paging check --save FILE makes one':
    'diese Maschine enthält kein Gegenbeispiel; x86-paging check --save DATEI macht eines',
  'the counterexample names more than one access': 'das Gegenbeispiel nennt mehr als einen Zugriff',
  "the counterexample's claim cannot be read: {0}": 'die Behauptung des Gegenbeispiels ist nicht lesbar',
  "the counterexample's access is '{0}', not one such as 'user-write 0xc0001000'":
    'der Zugriff des Gegenbeispiels ist „{0}“, keiner wie „user-write 0xc0001000“',
  'the image holds a machine without a domain; read it with loadMachine':
    'die Datei enthält eine Maschine ohne Domäne; loadMachine liest sie',
  'the image holds a machine with holes in its RAM; read it with loadMachine':
    'die Datei enthält eine Maschine mit Lücken im RAM; loadMachine liest sie',
  "the image's header: cpu: {0}": 'Kopf der Datei: cpu: {0}',
  'domain.commandLine is no Uint8Array': 'domain.commandLine ist kein Uint8Array',
  "the image's domain has {0} pages but {1} frames": 'die Domäne der Datei hat {0} Seiten, aber {1} Rahmen',
  "the image's list 'updates' has {0} numbers, no pairs":
    'die Liste „updates“ der Datei hat {0} Zahlen, also keine Paare',
  "the image's header: domain.loadAddress is {0}, not a multiple of {1}":
    'Kopf der Datei: domain.loadAddress ist {0}, kein Vielfaches von {1}',
  "the image's domain has {0} pages; its tables and start_info alone take {1}":
    'die Domäne der Datei hat {0} Seiten; allein ihre Tabellen und start_info brauchen {1}',
  "the image's header: the bounds of the region '{0}' contradict its pages":
    'Kopf der Datei: Die Grenzen des Bereichs „{0}“ widersprechen seinen Seiten',
  "the image's header: domain.layout goes on with page {0} ('{1}'), not with page {2}":
    'Kopf der Datei: domain.layout geht mit Seite {0} („{1}“) weiter, nicht mit Seite {2}',
  "the image's header: domain.layout names {0} of the domain's {1} pages":
    'Kopf der Datei: domain.layout nennt {0} der {1} Seiten der Domäne',
  "the image's header: domain.startInfoAddress is {0}, where domain.layout has no start_info":
    'Kopf der Datei: domain.startInfoAddress ist {0}, wo domain.layout keine start_info hat',
  "the image's Xen of kind '{0}' has {1} frames and {2} tables, which does not fit":
    'das Xen der Datei, von der Art „{0}“, hat {1} Rahmen und {2} Tabellen, was nicht zusammenpasst',
  "the image's domain has frame {0} among its {1}; the memory has frames 0 to {2}":
    'die Domäne der Datei hat Rahmen {0} unter ihren {1}; der Speicher hat die Rahmen 0 bis {2}',
  "the image has no list '{0}'": 'die Datei hat keine Liste „{0}“',
  "the image's list '{0}' has {1} bytes, not a multiple of 4":
    'die Liste „{0}“ der Datei hat {1} Bytes, kein Vielfaches von 4',
  'domain.{0} is no Uint32Array': 'domain.{0} ist kein Uint32Array',
  'an object': 'ein Objekt',
  "the image's header has a field '{0}' that this program does not know":
    'der Kopf der Datei hat ein Feld „{0}“, das dieses Programm nicht kennt',
  'a list': 'eine Liste',
  "the image's header: {0} has {1} entries; at most {2} are allowed":
    'Kopf der Datei: {0} hat {1} Einträge; höchstens {2} sind erlaubt',
  'a whole number from {0} to {1}': 'eine ganze Zahl von {0} bis {1}',
  '"0x…", hexadecimal, of at most {0} bits': '"0x…", hexadezimal, von höchstens {0} Bit',
  'true or false': 'true oder false',
  'a text of 1 to {0} printable characters': 'ein Text aus 1 bis {0} druckbaren Zeichen',
  'one of {0}': 'eines von {0}',
  "the image's header lacks {0}, {1}": 'dem Kopf der Datei fehlt {0}, {1}',
  "the image's header: {0} is {1}, not {2}": 'Kopf der Datei: {0} ist {1}, nicht {2}',
  'the header would have {0} bytes; at most {1} are allowed':
    'der Kopf der Datei hätte {0} Bytes; höchstens {1} sind erlaubt',
  "the image's header is damaged: it is no JSON": 'der Kopf der Datei ist beschädigt: Er ist kein JSON',
  "the image's header: memoryBytes is {0}, not a multiple of {1}":
    'Kopf der Datei: memoryBytes ist {0}, kein Vielfaches von {1}',
  "the image's header: registers.pdptes has {0} of 4 values":
    'Kopf der Datei: registers.pdptes hat {0} von 4 Werten',
  "the image's header: the region '{0}' ends before it starts":
    'Kopf der Datei: Der Bereich „{0}“ endet, bevor er beginnt',
  "this is no saved image: it starts with '{0}', not 'X86PAGE' and a new line":
    'das ist keine gespeicherte Maschine: Am Anfang steht „{0}“, nicht „X86PAGE“ und eine neue Zeile',
  'image version {0} is unknown; this program reads versions 1 and 2':
    'die Version {0} der Datei ist unbekannt; dieses Programm liest die Versionen 1 und 2',
  'the image does not begin with its header': 'die Datei beginnt nicht mit ihrem Kopf',
  "the image has a section '{0}' ({1}) where none belongs":
    'die Datei hat einen Abschnitt „{0}“ ({1}), wo keiner hingehört',
  "the image's header: {0}": 'Kopf der Datei: {0}',
  'a section of RAM has {0} runs in {1} bytes': 'ein Abschnitt RAM hat {0} Läufe in {1} Bytes',
  'a section of RAM has a run of {0} frames from {1}, which does not fit behind frame {2} into a memory of {3} frames':
    'ein Abschnitt RAM hat einen Lauf von {0} Rahmen ab {1}, der hinter Rahmen {2} nicht in einen Speicher von {3} Rahmen passt',
  'a section of RAM has {0} bytes too many': 'ein Abschnitt RAM hat {0} Bytes zu viel',
  'a section of RAM does not fit: {0}': 'ein Abschnitt RAM passt nicht: {0}',
  'a memory of {0} bytes is too large; an image holds at most {1}':
    'ein Speicher von {0} Bytes ist zu groß; in eine Datei passen höchstens {1}',
  "a section of kind '{0}' would have {1} bytes; at most {2} are allowed":
    'ein Abschnitt der Art „{0}“ hätte {1} Bytes; höchstens {2} sind erlaubt',
  "the image is damaged at byte {0}: '{1}' of {2} bytes is no section":
    'die Datei ist bei Byte {0} beschädigt: „{1}“ von {2} Bytes ist kein Abschnitt',
  "the image is damaged: the checksum of its section '{0}' at byte {1} is wrong":
    'die Datei ist beschädigt: Die Prüfsumme ihres Abschnitts „{0}“ bei Byte {1} ist falsch',
  "the image is damaged: its section '{0}' at byte {1} does not end in zeros":
    'die Datei ist beschädigt: Ihr Abschnitt „{0}“ bei Byte {1} endet nicht in Nullen',
  'the image is damaged: sections are missing, or in another order than they were written':
    'die Datei ist beschädigt: Abschnitte fehlen oder stehen in anderer Folge, als sie geschrieben wurden',
  'the image has {0} bytes behind its end': 'die Datei hat {0} Bytes hinter ihrem Ende',
  'the image is cut short: it has {0} of at least {1} bytes':
    'die Datei ist abgeschnitten: Sie hat {0} von mindestens {1} Bytes',
  'the image is cut short: of {0} bytes at {1}, {2} could be read':
    'die Datei ist abgeschnitten: Von {0} Bytes bei {1} waren {2} lesbar',
  "the image's header has {0} bytes; at most {1} are allowed":
    'der Kopf der Datei hat {0} Bytes; höchstens {1} sind erlaubt',
  "the image has two sections '{0}'": 'die Datei hat zwei Abschnitte „{0}“',
  "the image has no section '{0}'": 'die Datei hat keinen Abschnitt „{0}“',
  "section 'runs' has {0} bytes; it must have 8 for each run, of which {1} can be":
    'der Abschnitt „runs“ hat {0} Bytes; es müssen 8 für jeden Lauf sein, von denen es {1} geben kann',
  'a run of {0} frames from {1} does not fit behind frame {2} into a memory of {3} frames':
    'ein Lauf von {0} Rahmen ab {1} passt hinter Rahmen {2} nicht in einen Speicher von {3} Rahmen',
  "section 'ram' has {0} bytes; its runs need more":
    'der Abschnitt „ram“ hat {0} Bytes; seine Läufe brauchen mehr',
  "section 'ram' has {0} bytes too many": 'der Abschnitt „ram“ hat {0} Bytes zu viel',
};
