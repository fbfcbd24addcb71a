import type { TimelineRow } from '@portlight/server/views';
import { counted } from '../format/count.ts';
import { barsOf, endOf, levelsOf, type Bar } from './timeline-bars.ts';
import { rowKey, withExpected, type Expectations } from './timeline-expectations.ts';

/** One line of the timeline: a port, or several that one process has held all along. */
export interface Lane {
  readonly key: string;
  readonly ports: readonly number[];
  readonly protocol: TimelineRow['protocol'];
  readonly isHostNamespace: boolean;
  /** Nothing opened or closed in the range. */
  readonly isSteady: boolean;
  /** Drawn small, as it tells least. */
  readonly isThin: boolean;
  readonly bars: readonly Bar[];
  /** Level of each bar, from 0 at the top. */
  readonly levels: readonly number[];
  readonly height: number;
  /** More openings than can be drawn: only their number is. Null: `bars` are drawn. */
  readonly crowd: Crowd | null;
}

interface Crowd {
  readonly openings: number;
  readonly startMs: number | null;
  readonly endMs: number | null;
}

interface Lanes {
  /** By port: the host's TCP ports below the ephemeral range on which something changed, and other ports of those programs. */
  readonly moving: readonly Lane[];
  /** The others of that range, each held by the same process throughout. */
  readonly steady: readonly Lane[];
  /** All others: UDP, ephemeral ports, other network namespaces, and what is beyond the most lanes. */
  readonly folded: readonly Lane[];
}

const NOTHING_EXPECTED: Expectations = {
  homes: new Set(),
  newest: new Set(),
  next: new Map(),
  sinceMs: [],
  rows: [],
};
const DEFAULT_EPHEMERAL_FROM = 32_768;
const MOST_MOVING = 40;
const MOST_LEVELS = 4;
/** About one bar in 4 px of a wide screen. */
const MOST_BARS = 150;

/** What findings speak of is shown, whatever its port, and even if nobody held it. */
export function lanesOf(
  rows: readonly TimelineRow[],
  ephemeralFrom: number | null,
  expectations: Expectations = NOTHING_EXPECTED,
): Lanes {
  const isExpected = (row: TimelineRow) =>
    [expectations.homes, expectations.newest, expectations.next].some((ports) => ports.has(rowKey(row))) ||
    row.spans.some((span) => span.chargeUntil !== null);
  const isService = (row: TimelineRow) =>
    row.isHostNamespace && row.protocol === 'tcp' && row.port < (ephemeralFrom ?? DEFAULT_EPHEMERAL_FROM);
  const all = withExpected(rows, expectations);
  const expected = new Set(all.filter(isExpected).map(rowKey));
  const service = all.filter((row) => isService(row) || isExpected(row)).map(laneOf);
  const others = all.filter((row) => !isService(row) && !isExpected(row)).map(laneOf);
  const isTelling = (lane: Lane) => !lane.isSteady || expected.has(lane.key);
  const movers = new Set(service.filter(isTelling).flatMap(programsOf));
  const isMoving = (lane: Lane) => isTelling(lane) || programsOf(lane).some((program) => movers.has(program));
  const moving = service.filter(isMoving);
  const [shown, beyond] = cutMiddle(moving);
  return {
    moving: shown,
    steady: mergeSteady(service.filter((lane) => !isMoving(lane)).map(thin)),
    folded: [...beyond, ...mergeSteady(others.map(thin))],
  };
}

/** Of very many the first and the last are shown: a ladder's home, its newest rung and the next one. */
function cutMiddle(lanes: readonly Lane[]): readonly [readonly Lane[], readonly Lane[]] {
  if (lanes.length <= MOST_MOVING) return [lanes, []];
  const half = MOST_MOVING / 2;
  return [[...lanes.slice(0, half), ...lanes.slice(-half)], lanes.slice(half, -half)];
}

/** Every bar that is drawn, for what is common to all of them. */
export function barsOfLanes({ moving, steady, folded }: Lanes): readonly Bar[] {
  return [...moving, ...steady, ...folded].flatMap((lane) => lane.bars);
}

/** `9 more: 6 udp, 2 on ephemeral ports, 1 in another network namespace` */
export function foldedSentence(folded: readonly Lane[]): string {
  const ports = folded.flatMap((lane) => lane.ports.map(() => lane));
  const elsewhere = ports.filter((lane) => !lane.isHostNamespace).length;
  const udp = ports.filter((lane) => lane.isHostNamespace && lane.protocol === 'udp').length;
  const tcp = ports.length - elsewhere - udp;
  const parts = [
    tcp > 0 ? `${tcp} other tcp` : '',
    udp > 0 ? `${udp} udp` : '',
    elsewhere > 0 ? `${elsewhere} in other network namespaces` : '',
  ];
  return `${counted(ports.length, 'more port')}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function laneOf(row: TimelineRow): Lane {
  const all = barsOf(row.spans);
  const levels = levelsOf(all);
  const isCrowded = all.length > MOST_BARS;
  return {
    key: rowKey(row),
    ports: [row.port],
    protocol: row.protocol,
    isHostNamespace: row.isHostNamespace,
    isSteady: all.every((bar) => bar.startMs === null && bar.endMs === null),
    isThin: false,
    bars: isCrowded ? [] : all.filter((_, index) => (levels[index] ?? 0) < MOST_LEVELS),
    levels: isCrowded ? [] : levels.filter((level) => level < MOST_LEVELS),
    height: isCrowded ? 1 : Math.min(MOST_LEVELS, Math.max(0, ...levels) + 1),
    crowd: isCrowded ? crowdOf(all) : null,
  };
}

function crowdOf(bars: readonly Bar[]): Crowd {
  const isOpen = bars.some((bar) => bar.endMs === null);
  return {
    openings: bars.length,
    startMs: bars[0]?.startMs ?? null,
    endMs: isOpen ? null : Math.max(...bars.map(endOf)),
  };
}

/** Program and what it runs: two servers of Node are not the same program. */
function programsOf(lane: Lane): readonly string[] {
  return lane.bars.flatMap(({ program, commandLine }) => {
    const application = commandLine.split(' ').find((part, index) => index > 0 && !part.startsWith('-')) ?? '';
    return program === null ? [] : [`${program} ${application}`];
  });
}

function thin(lane: Lane): Lane {
  return { ...lane, isThin: lane.isSteady };
}

/** Lanes of one and the same process become one lane with several ports. */
function mergeSteady(lanes: readonly Lane[]): readonly Lane[] {
  const merged = new Map<string, Lane>();
  for (const lane of lanes) {
    const holder = sharedHolder(lane);
    const key = holder === null ? lane.key : `${lane.protocol} ${lane.isHostNamespace} ${holder}`;
    const earlier = merged.get(key);
    merged.set(key, earlier === undefined ? lane : { ...earlier, ports: [...earlier.ports, ...lane.ports] });
  }
  return [...merged.values()];
}

function sharedHolder({ isSteady, bars }: Lane): string | null {
  return isSteady && bars.length === 1 ? (bars[0]?.instance ?? null) : null;
}
