/** What an agent would find on a machine whose restless program is in trouble. */
import { FINDING_KINDS, type Finding, type FindingFacts, type FindingKind } from '@portlight/agent/contract';
import { instant, rungBegunAt, rungPid, ticksAt, type Machine } from './machine.ts';
import { hex, mix } from './numbers.ts';
import { HOME_PORT, rungsAt, type Rung } from './story.ts';

const HOME = { address: '127.0.0.1', port: HOME_PORT, source: 'here', support: 'held for 41 d' } as const;

export function findingsAt(machine: Machine, step: number): readonly Finding[] {
  const rungs = rungsAt(machine.story, step);
  const [first] = rungs;
  const last = rungs.at(-1);
  if (first === undefined || last === undefined) return [];
  if (first.isStuck) return [wedged(machine, first)];
  if (machine.story !== 'drift' && machine.story !== 'ladder') return [];
  if (rungs.length === 1) return [];
  return rungs.length === 2 ? [drift(machine, rungs, last)] : [ladder(machine, rungs, last)];
}

function factsOf(
  machine: Machine,
  kind: FindingKind,
  rungs: readonly Rung[],
): Omit<FindingFacts, 'label' | 'title' | 'subtitle' | 'sentence' | 'why'> {
  const { program, programKey, unit } = machine.restless;
  const number = FINDING_KINDS.indexOf(kind);
  const newest = rungs.at(-1)?.generation ?? 0;
  const since = rungBegunAt(machine, newest);
  const left = rungs.slice(0, -1);
  return {
    id: `${hex(machine.bits)}${hex(mix(machine.bits, number))}`,
    groupId: `${hex(mix(number, 100))}${hex(mix(number, 101))}`,
    severity: 'critical',
    program,
    programKey,
    service: null,
    unit,
    protocol: 'tcp',
    address: HOME.address,
    port: HOME.port,
    networkNamespace: machine.namespace,
    since: instant(rungBegunAt(machine, rungs[1]?.generation ?? newest)),
    detectedAt: instant(since + 1_000),
    causes: left.map(({ generation, port }) => ({
      kind: 'stale-holder',
      cause: 'ignored-sigterm',
      port,
      pid: rungPid(generation),
      since: instant(since),
    })),
    holders: rungs.toReversed().map(({ generation }) => ({
      pid: rungPid(generation),
      startTicks: ticksAt(machine, rungBegunAt(machine, generation)),
    })),
    evidence: rungs.map(
      ({ generation, port }) =>
        `pid ${rungPid(generation)} has held 127.0.0.1:${port} since ${instant(rungBegunAt(machine, generation)).slice(11, 19)} UTC.`,
    ),
    steps: [
      {
        title: 'See who holds port 3000',
        command: "sudo ss -Hltnp 'sport = :3000'",
        expect: `pid=${rungPid(rungs[0]?.generation ?? 0)}`,
      },
    ],
  };
}

function drift(machine: Machine, rungs: readonly Rung[], last: Rung): Finding {
  return {
    ...factsOf(machine, 'drift', rungs),
    kind: 'drift',
    label: 'Drift',
    title: `node is on ${last.port}, should be on 3000`,
    subtitle: 'Drift · web.service · old process still holds 127.0.0.1:3000',
    sentence: `node is off its port: expected 3000, now on ${last.port}.`,
    why: `The old process, pid ${rungPid(rungs[0]?.generation ?? 0)}, did not end and still holds 127.0.0.1:3000.`,
    details: { home: HOME, current: [{ address: '127.0.0.1', port: last.port }] },
  };
}

function ladder(machine: Machine, rungs: readonly Rung[], last: Rung): Finding {
  return {
    ...factsOf(machine, 'ladder', rungs),
    kind: 'ladder',
    label: 'Ladder',
    title: `node climbs from 3000 to ${last.port}`,
    subtitle: `Ladder · web.service · ${rungs.length} processes on ${rungs.length} ports`,
    sentence: `node climbs: expected 3000, now on ${last.port}.`,
    why: 'None of the old processes ended at SIGTERM: each new one finds the ports below it taken.',
    details: {
      home: HOME,
      ports: rungs.map(({ port }) => port),
      pids: rungs.map(({ generation }) => rungPid(generation)),
      paceSeconds: 1,
      nextPort: last.port + 1,
      nextAt: null,
    },
  };
}

function wedged(machine: Machine, stuck: Rung): Finding {
  const since = instant(rungBegunAt(machine, stuck.generation) + 1_000);
  return {
    ...factsOf(machine, 'wedged', [stuck]),
    kind: 'wedged',
    label: 'Wedged',
    title: 'node on 3000 accepts no connections',
    subtitle: 'Wedged · web.service · 12 connections wait',
    sentence: 'node holds port 3000 and accepts nothing: 12 connections wait.',
    why: 'The same 12 clients have waited since then and none was accepted.',
    details: { waiting: 12, since, givenUp: 0, hasOverflowed: false },
  };
}
