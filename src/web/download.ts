/** Files for the one who sits before the page; nothing leaves the computer. */

export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

export function textFile(text: string, type = 'text/plain;charset=utf-8'): Blob {
  return new Blob([text], { type });
}
