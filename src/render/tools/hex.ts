/** Sixteen hexadecimal digits, as most tools print an address. */
export function hex16(value: number | bigint): string {
  return value.toString(16).padStart(16, '0');
}
