import type { JSX } from 'preact';
import type { Layout, Wire } from './layout.ts';
import type { Picture } from './picture.ts';

interface WiresProps {
  readonly picture: Picture;
  readonly layout: Layout;
  state(step: number): string;
}

/** Radius of a wire's corners. */
const RADIUS = 6;

/** From the address's parts to what they choose, and from each entry to what it points to. */
export function Wires({ picture, layout, state }: WiresProps): JSX.Element {
  const { columns, fields, end } = picture;
  const levelOf = (i: number): string => fields[i]?.level ?? 'offset';
  const isFault = end.kind === 'fault';
  return (
    <g class="wires">
      {layout.pointerWires.map((wire, i) => {
        const broken = isFault && i === columns.length;
        // A fault's wire leads nowhere: it ends in its own red mark.
        const points = broken ? stopped(wire, layout) : wire;
        const level = i === 0 ? 'root' : levelOf(i - 1);
        return (
          <g
            key={`p${level}`}
            class={`wire pointer level-${level}${broken ? ' is-no' : ''} ${state(i === 0 ? 0 : i + 1)}`}
          >
            <path d={rounded(points)} pathLength={1} />
            {broken ? <Cross at={points.at(-1)!} /> : <Tip wire={points} />}
          </g>
        );
      })}
      {layout.fieldWires.map((wire, i) => {
        if (isFault && i === columns.length) return null;
        const level = levelOf(i);
        return (
          <g key={`f${level}`} class={`wire chooser level-${level} ${state(i + 1)}`}>
            <path d={rounded(wire)} pathLength={1} />
            <Tip wire={wire} />
          </g>
        );
      })}
    </g>
  );
}

/** A wire that does not arrive. */
function stopped(wire: Wire, { end, kind }: Layout): Wire {
  const [x, y] = wire[0]!;
  if (kind === 'tall') return wire;
  return [
    [x, y],
    [Math.min(x + 26, end.x - 8), y],
  ];
}

/** A path with rounded corners. */
export function rounded(wire: Wire): string {
  const [first, ...rest] = wire;
  if (first === undefined) return '';
  let path = `M${point(first)}`;
  let from = first;
  for (const [i, to] of rest.entries()) {
    const next = rest[i + 1];
    if (next === undefined) {
      path += `L${point(to)}`;
    } else {
      const radius = Math.min(RADIUS, distance(from, to) / 2, distance(to, next) / 2);
      path += `L${point(towards(to, from, radius))}Q${point(to)} ${point(towards(to, next, radius))}`;
    }
    from = to;
  }
  return path;
}

type Point = readonly [x: number, y: number];

function point([x, y]: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function distance([x, y]: Point, [toX, toY]: Point): number {
  return Math.hypot(toX - x, toY - y);
}

function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return [from[0] + ((to[0] - from[0]) * by) / whole, from[1] + ((to[1] - from[1]) * by) / whole];
}

function Tip({ wire }: { readonly wire: Wire }): JSX.Element {
  const [x, y] = wire.at(-1) ?? [0, 0];
  const [fromX] = wire.at(-2) ?? [x, y];
  const down = fromX === x;
  return (
    <path
      class="tip"
      d={
        down
          ? `M${x - 5} ${y - 8}L${x} ${y}L${x + 5} ${y - 8}z`
          : `M${x - 8} ${y - 5}L${x} ${y}L${x - 8} ${y + 5}z`
      }
    />
  );
}

function Cross({ at: [x, y] }: { readonly at: Point }): JSX.Element {
  return <path class="cross" d={`M${x - 6} ${y - 6}l12 12M${x + 6} ${y - 6}l-12 12`} />;
}
