/** What the fleet says of itself while it plays and afterwards. */
import type { FleetOptions } from './options.ts';
import type { LatencySummary, TallySummary } from './tally.ts';

export type PartName = 'fill' | 'steady' | 'storm';

/** One line of --json. */
export type Line =
  | {
      readonly kind: 'progress';
      readonly part: PartName;
      readonly seconds: number;
      readonly pushes: number;
      readonly errors: number;
      readonly putOff: number;
      readonly eventsAcknowledged: number;
    }
  | ({
      readonly kind: 'part';
      readonly part: PartName;
      readonly hosts: number;
      readonly cpuSeconds: number;
      readonly listeners: number;
    } & TallySummary);

export interface Reporter {
  say(line: Line): void;
}

const QUIET_PROGRESS_EVERY = 10;

export function reporterFor({ isJson }: Pick<FleetOptions, 'isJson'>, out: NodeJS.WriteStream): Reporter {
  if (isJson) return { say: (line) => out.write(`${JSON.stringify(line)}\n`) };
  return { say: (line) => (line.kind === 'part' ? out.write(partText(line, out.isTTY)) : progress(line, out)) };
}

function progress(line: Extract<Line, { kind: 'progress' }>, out: NodeJS.WriteStream): boolean {
  const { part, seconds, pushes, errors, putOff, eventsAcknowledged } = line;
  const text = `${part}: ${seconds} s · ${pushes} pushes · ${eventsAcknowledged} events · ${putOff} put off · ${errors} errors`;
  if (out.isTTY) return out.write(`\r\u001b[K${text}`);
  return seconds % QUIET_PROGRESS_EVERY === 0 ? out.write(`${text}\n`) : true;
}

function partText(line: Extract<Line, { kind: 'part' }>, isTerminal: boolean): string {
  const {
    part,
    hosts,
    listeners,
    seconds,
    pushes,
    perSecond,
    byKind,
    needFull,
    putOff,
    errors,
    eventsAcknowledged,
    cpuSeconds,
  } = line;
  const kinds = Object.entries(byKind).map(([kind, summary]) => `  ${kind.padEnd(8)} ${latencyText(summary)}\n`);
  const wrong = Object.entries(errors).map(([reason, count]) => `  ${count} × ${reason}\n`);
  return [
    isTerminal ? '\r\u001b[K' : '',
    `${part}: ${hosts} hosts of ${listeners.toFixed(1)} listeners, ${pushes} pushes in ${seconds} s, ${perSecond} a second\n`,
    ...kinds,
    `  late     ${latencyText(line.behind)}\n`,
    `  ${eventsAcknowledged} events acknowledged, ${needFull} times asked for all, ${putOff} times put off, ${cpuSeconds.toFixed(1)} s of the fleet's own CPU\n`,
    ...wrong,
  ].join('');
}

function latencyText({ count, p50Ms, p99Ms, maxMs }: LatencySummary): string {
  return `${String(count).padStart(9)} · p50 ${p50Ms ?? '–'} ms · p99 ${p99Ms ?? '–'} ms · max ${maxMs ?? '–'} ms`;
}
