/** Compares what was acknowledged with what the server answers. */
import { readFileSync } from 'node:fs';
import type { EventView, Page } from '../../src/views.ts';

/** Hosts that are asked for: all of them would take longer than the run. */
const ASKED = 500;
/** Events that the server concluded itself were never acknowledged. */
const CONCLUDED = 'seen across a gap';

export interface Verdict {
  readonly text: string;
  readonly isNone: boolean;
}

export async function lostAndDoubled(url: string, record: string): Promise<Verdict> {
  const acknowledged = countsOf(readFileSync(record, 'utf8'));
  const hosts = spread([...acknowledged.keys()], ASKED);
  let [events, lost, doubled] = [0, 0, 0];
  for (const host of hosts) {
    const told = acknowledged.get(host) ?? 0;
    const kept = await keptEvents(url, host);
    events += told;
    lost += Math.max(0, told - kept);
    doubled += Math.max(0, kept - told);
  }
  const text = `${lost} lost, ${doubled} doubled of ${events} events of ${hosts.length} hosts`;
  return { text, isNone: events > 0 && lost === 0 && doubled === 0 };
}

function countsOf(record: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of record.split('\n').filter(Boolean)) {
    const host = line.slice(0, line.indexOf('\t'));
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return counts;
}

function spread<T>(list: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.floor(list.length / count));
  return list.filter((_, at) => at % step === 0).slice(0, count);
}

async function keptEvents(url: string, host: string): Promise<number> {
  let count = 0;
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(`${url}/api/v1/hosts/${host}/events${query}`);
    if (!response.ok) throw new Error(`the events of ${host} were answered with ${response.status}`);
    const page = (await response.json()) as Page<EventView>;
    count += page.items.filter(({ detail }) => detail !== CONCLUDED).length;
    cursor = page.nextCursor;
  }
  return count;
}
