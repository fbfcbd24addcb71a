import type { EventView, HostView, Page } from '../../src/views.ts';
import type { CrashMachine, ToldEvent } from './machine.ts';

/** What the server kept, against what it acknowledged. */
export interface Verdict {
  /** Acknowledged and there. */
  readonly kept: number;
  /** Acknowledged and not there. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Machines whose listeners are not what they told at last. */
  readonly otherListeners: readonly string[];
}

const ASKED_AT_ONCE = 8;

/** Asks the server for every event of every machine, page by page. */
export async function judge(url: string, machines: readonly CrashMachine[]): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  const waiting = [...machines];
  const worker = async (): Promise<void> => {
    for (let machine = waiting.pop(); machine; machine = waiting.pop()) verdicts.push(await judgeMachine(url, machine));
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, worker));
  return {
    kept: verdicts.reduce((sum, { kept }) => sum + kept, 0),
    lost: verdicts.flatMap(({ lost }) => lost),
    doubled: verdicts.flatMap(({ doubled }) => doubled),
    otherListeners: verdicts.flatMap(({ otherListeners }) => otherListeners),
  };
}

async function judgeMachine(url: string, machine: CrashMachine): Promise<Verdict> {
  const { hostId } = machine;
  const kept = (await eventsOf(url, hostId)).map(nameOf);
  const there = new Set(kept);
  const acknowledged = machine.acknowledged.map(nameOf);
  const named = (name: string): string => `${hostId} ${name}`;
  const shown = await ask<HostView>(`${url}/api/v1/hosts/${hostId}`);
  const inodes = shown.snapshot.listeners.map(({ inode }) => inode);
  return {
    kept: acknowledged.filter((name) => there.has(name)).length,
    lost: acknowledged.filter((name) => !there.has(name)).map(named),
    doubled: kept.filter((name, at) => kept.indexOf(name) !== at).map(named),
    otherListeners: inodes.toSorted().join() === machine.inodes.toSorted().join() ? [] : [hostId],
  };
}

function nameOf({ kind, inode }: ToldEvent): string {
  return `${kind} ${inode}`;
}

async function eventsOf(url: string, hostId: string): Promise<readonly EventView[]> {
  const events: EventView[] = [];
  const first = `${url}/api/v1/hosts/${hostId}/events?from=-1d&limit=200`;
  for (let next: string | null = first; next !== null;) {
    const page: Page<EventView> = await ask<Page<EventView>>(next);
    events.push(...page.items);
    next = page.nextCursor === null ? null : `${first}&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  return events;
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
