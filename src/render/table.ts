/** Lines of columns, each as wide as its widest cell. Widths are taken before markup is added. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  mark: (cell: string, row: number, column: number) => string = (cell) => cell,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row, r) =>
    row
      .map((cell, c) => mark(c === row.length - 1 ? cell : cell.padEnd(widths[c]!), r, c))
      .join('  ')
      .trimEnd(),
  );
}
