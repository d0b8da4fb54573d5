import type { JSX } from 'preact';
import { memo } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { ROLES } from '../page-machine.ts';
import { type Grid, roleRuns } from './layout.ts';

interface FrameCanvasProps {
  readonly roles: Uint8Array;
  readonly grid: Grid;
  readonly place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly label: string;
  onFrame(frame: number): void;
}

/**
 * Physical memory, one cell for each frame. Tens of thousands of them: painted once for a machine into a layer of its
 * own, so that nothing of it is painted again while an address is dragged.
 */
function Canvas({ roles, grid, place, label, onFrame }: FrameCanvasProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = (): void => paint(element, roles, grid);
    draw();
    // The colours are the style sheet's, and change with it.
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const theme = new MutationObserver(draw);
    dark.addEventListener('change', draw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      dark.removeEventListener('change', draw);
      theme.disconnect();
    };
  }, [roles, grid]);
  const pick = (event: MouseEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * grid.columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * grid.rows);
    const frame = row * grid.columns + column;
    if (frame >= 0 && frame < roles.length) onFrame(frame);
  };
  return (
    <canvas
      class="frames"
      ref={canvas}
      style={{ left: `${place.x}px`, top: `${place.y}px`, width: `${place.width}px` }}
      title={label}
      onClick={pick}
    />
  );
}

export const FrameCanvas: typeof Canvas = memo(
  Canvas,
  (a, b) =>
    a.roles === b.roles &&
    a.grid === b.grid &&
    a.place.x === b.place.x &&
    a.place.y === b.place.y &&
    a.label === b.label,
) as typeof Canvas;

function paint(canvas: HTMLCanvasElement, roles: Uint8Array, grid: Grid): void {
  const scale = devicePixelRatio;
  const width = grid.columns * grid.cell;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(grid.rows * grid.cell * scale);
  const context = canvas.getContext('2d');
  if (context === null) return;
  const colours = ROLES.map(roleColour);
  context.scale(scale, scale);
  roleRuns(roles, grid, (role, column, row, length) => {
    context.fillStyle = colours[role] ?? '#888';
    context.fillRect(column * grid.cell, row * grid.cell, length * grid.cell + 0.2, grid.cell + 0.2);
  });
}

/** Colours come as `light-dark(…)`, which only a property of the element resolves. */
function roleColour(role: string): string {
  const probe = document.querySelector(`#patterns .fill-${role}`);
  return probe === null ? '' : getComputedStyle(probe).fill;
}
