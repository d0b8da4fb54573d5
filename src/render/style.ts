/** How text is marked up. Rendering stays pure: the command line passes colours in, everything else {@link PLAIN}. */
export interface Style {
  /** A heading. */
  readonly title: (text: string) => string;
  /** What matters less. */
  readonly dim: (text: string) => string;
  /** What matters: an address, a result. */
  readonly strong: (text: string) => string;
  /** Allowed, proven. */
  readonly good: (text: string) => string;
  /** Refused, disproven. */
  readonly bad: (text: string) => string;
  /** Text that belongs to a kind of region, by its name. */
  readonly region: (name: string, text: string) => string;
}

const same = (text: string): string => text;

/** No markup at all. */
export const PLAIN: Style = {
  title: same,
  dim: same,
  strong: same,
  good: same,
  bad: same,
  region: (_name, text) => text,
};
