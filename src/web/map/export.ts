/** The map as it stands in the page, as a drawing that stands alone. */
export function mapSvg(): string {
  const map = document.querySelector<SVGSVGElement>('svg.map');
  const patterns = document.querySelector<SVGSVGElement>('#patterns');
  const frames = document.querySelector<HTMLCanvasElement>('canvas.frames');
  if (map === null || patterns === null) return '';
  const copy = styled(map);
  if (frames !== null) copy.prepend(imageOf(frames));
  copy.prepend(...styled(patterns).childNodes);
  copy.setAttribute('xmlns', SVG);
  return new XMLSerializer().serializeToString(copy);
}

/** The drawing of the walk as it stands in the page, as one that stands alone. */
export function walkDrawingSvg(): string {
  const drawing = document.querySelector<SVGSVGElement>('svg.drawing');
  if (drawing === null) return '';
  const copy = styled(drawing);
  copy.setAttribute('xmlns', SVG);
  return new XMLSerializer().serializeToString(copy);
}

const SVG = 'http://www.w3.org/2000/svg';

/** A copy whose every element has what the style sheets give it. */
function styled(original: SVGSVGElement): SVGSVGElement {
  const copy = original.cloneNode(true) as SVGSVGElement;
  const originals = original.querySelectorAll('*');
  for (const [i, element] of [...copy.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(originals[i]!);
    for (const name of DRAWN) element.setAttribute(name, style.getPropertyValue(name));
    for (const name of ['role', 'tabindex', 'data-roving', 'class']) element.removeAttribute(name);
  }
  return copy;
}

/** The frames are painted, not drawn; their picture lies where it lies in the page. */
function imageOf(frames: HTMLCanvasElement): SVGImageElement {
  const image = document.createElementNS(SVG, 'image');
  image.setAttribute('href', frames.toDataURL());
  for (const [name, value] of [
    ['x', frames.offsetLeft],
    ['y', frames.offsetTop],
    ['width', frames.offsetWidth],
    ['height', frames.offsetHeight],
  ] as const) {
    image.setAttribute(name, `${value}`);
  }
  return image;
}

/** What of a style is seen in a drawing. */
const DRAWN: readonly string[] = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'paint-order',
];
