import type { Holder, Push, PushedEvent, PushedListener } from '@portlight/agent/contract';
import { MAX_FAULTS, type Fault } from '../validation/rule.ts';

/** Bytes that holders may take once they are written out at every listener: command lines repeat there. */
const MAX_WRITTEN_OUT_BYTES = 64 * 1024 * 1024;

/** What no single field's rule can see: indices beyond `processes`, two hosts in one body, and what would swell. */
export function referenceFaults(push: Push): readonly Fault[] {
  switch (push.kind) {
    case 'full':
      return [
        ...identityFaults(push),
        ...holderFaults(push.processes, push.snapshot.listeners, '.snapshot.listeners', push.events ?? []),
      ];
    case 'change':
      return [
        ...holderFaults(push.processes, push.opened, '.opened', push.events),
        ...indexFaults(push.processes, push.changed, '.changed'),
      ];
    case 'alive':
    case 'leaving':
      return [];
  }
}

function identityFaults({
  hostId,
  bootId,
  agentStartedAt,
  snapshot,
}: Extract<Push, { kind: 'full' }>): readonly Fault[] {
  const faults = [];
  if (snapshot.host.id !== hostId) faults.push({ path: '.snapshot.host.id', message: 'expected the same as .hostId' });
  if (snapshot.agent.startedAt !== agentStartedAt) {
    faults.push({ path: '.snapshot.agent.startedAt', message: 'expected the same as .agentStartedAt' });
  }
  if (snapshot.host.bootId !== bootId)
    faults.push({ path: '.snapshot.host.bootId', message: 'expected the same as .bootId' });
  return faults;
}

function holderFaults(
  processes: readonly Holder[],
  listeners: readonly PushedListener[],
  path: string,
  events: readonly PushedEvent[],
): readonly Fault[] {
  const faults = [...indexFaults(processes, listeners, path), ...indexFaults(processes, events, '.events')];
  if (faults.length > 0 || writtenOutBytes(processes, listeners) <= MAX_WRITTEN_OUT_BYTES) return faults;
  return [{ path, message: `expected holders of at most ${MAX_WRITTEN_OUT_BYTES} bytes in all` }];
}

interface Holding {
  readonly holders: readonly number[];
}

function indexFaults(processes: readonly Holder[], rows: readonly Holding[], path: string): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [row, { holders }] of rows.entries()) {
    const wrong = holders.findIndex((index) => index >= processes.length);
    if (wrong >= 0) faults.push(outOfRange(`${path}[${row}].holders[${wrong}]`, holders[wrong], processes.length));
    if (faults.length >= MAX_FAULTS) return faults;
  }
  return faults;
}

function outOfRange(path: string, index: number | undefined, count: number): Fault {
  return { path, message: `expected an index into the ${count} processes of this body, got ${index ?? 'nothing'}` };
}

function writtenOutBytes(processes: readonly Holder[], rows: readonly Holding[]): number {
  const sizes = processes.map(({ commandLine, executable }) => textLength(commandLine) + (executable?.length ?? 0));
  return rows.reduce((sum, { holders }) => sum + holders.reduce((bytes, index) => bytes + (sizes[index] ?? 0), 0), 0);
}

function textLength(texts: readonly string[]): number {
  return texts.reduce((length, text) => length + text.length, 0);
}
