import type { MapState } from '@portlight/server/views';

/** Which shape a machine has on the map, besides its colour. */
export type MapShape =
  | 'reporting'
  | 'silent'
  | 'left'
  | 'ladder'
  | 'drift'
  | 'missing'
  | 'wedged'
  | 'stale'
  | 'cycling'
  | 'exposed'
  | 'critical'
  | 'warning'
  | 'notice';

interface MapStateLook {
  readonly shape: MapShape;
  /** One machine in words, and in a legend. */
  readonly words: string;
}

/** In the order of a legend. */
export const MAP_LOOKS: Readonly<Record<MapState, MapStateLook>> = {
  d: { shape: 'drift', words: 'drift' },
  u: { shape: 'ladder', words: 'ladder' },
  m: { shape: 'missing', words: 'missing' },
  q: { shape: 'wedged', words: 'wedged' },
  h: { shape: 'stale', words: 'stale holder' },
  y: { shape: 'cycling', words: 'cycling' },
  e: { shape: 'exposed', words: 'exposed' },
  c: { shape: 'critical', words: 'critical finding' },
  w: { shape: 'warning', words: 'warning' },
  n: { shape: 'notice', words: 'notice' },
  s: { shape: 'silent', words: 'silent' },
  l: { shape: 'left', words: 'stopped' },
  '.': { shape: 'reporting', words: 'no finding' },
};

export const MAP_STATES_IN_ORDER = Object.keys(MAP_LOOKS) as readonly MapState[];

/** Whether that machine has an open finding. */
export function hasFindings(state: MapState): boolean {
  return !'.sl'.includes(state);
}

/** SVG path of one machine whose cell begins at (x, y) and is `side` px wide; holes need the even-odd rule. */
export function shapePath(shape: MapShape, x: number, y: number, side: number): string {
  const at = (right: number, down: number) => `${round(x + right * side)} ${round(y + down * side)}`;
  const box = (inset: number) =>
    `M${at(inset, inset)}H${round(x + (1 - inset) * side)}V${round(y + (1 - inset) * side)}H${round(x + inset * side)}z`;
  switch (shape) {
    case 'reporting':
      return box(0.2);
    case 'drift':
      return box(0.03);
    case 'ladder':
      return `${box(0)}M${at(0.5, 0.2)}L${at(0.83, 0.76)}H${round(x + 0.17 * side)}z`;
    case 'stale':
      return `M${at(0, 0)}H${round(x + side)}L${at(0.62, 0.5)}L${at(1, 1)}H${round(x)}L${at(0.38, 0.5)}z`;
    case 'missing':
      return box(0) + cross(at, 0.18, 0.14);
    case 'wedged':
      return `M${at(0.5, -0.04)}L${at(1.04, 0.5)}L${at(0.5, 1.04)}L${at(-0.04, 0.5)}z`;
    case 'cycling':
      return disc(x, y, side, 0.5);
    case 'exposed':
      return disc(x, y, side, 0.5) + disc(x, y, side, 0.26);
    case 'critical':
      return cross(at, -0.02, 0.24);
    case 'warning':
      return `M${at(0, 0.26)}H${round(x + side)}V${round(y + 0.74 * side)}H${round(x)}z`;
    case 'notice':
      return `M${at(0, 0)}L${at(1, 1)}H${round(x)}z`;
    case 'silent':
    case 'left':
      return box(0.08);
  }
}

/** Two diagonal strokes, `inset` from the corners; `width` is that of a stroke along the edge, as all lengths in sides. */
function cross(at: (right: number, down: number) => string, inset: number, width: number): string {
  const [near, far] = [inset, 1 - inset];
  const points = [
    [near + width, near],
    [0.5, 0.5 - width],
    [far - width, near],
    [far, near + width],
    [0.5 + width, 0.5],
    [far, far - width],
    [far - width, far],
    [0.5, 0.5 + width],
    [near + width, far],
    [near, far - width],
    [0.5 - width, 0.5],
    [near, near + width],
  ] as const;
  return `M${points.map(([right, down]) => at(right, down)).join('L')}z`;
}

function disc(x: number, y: number, side: number, share: number): string {
  const radius = round(share * side);
  return `M${round(x + side / 2 - radius)} ${round(y + side / 2)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
