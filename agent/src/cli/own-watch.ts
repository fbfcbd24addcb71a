import { type WatchConfig } from '../config.ts';
import { type Happening, type Snapshot } from '../contract.ts';
import { RecentHappenings } from '../events/happenings.ts';
import { createMissedLooks } from '../events/missed-looks.ts';
import { Judgement, NOTHING_KEPT } from '../findings/judgement.ts';
import { withServices } from '../findings/services.ts';
import { openProcRoot } from '../proc/proc-root.ts';
import { Machine } from '../scan/machine.ts';
import { portUsers } from '../scan/port-rows.ts';
import { steadyMs } from '../steady-clock.ts';
import { startTicking } from '../ticker.ts';
import { createOwnCompose, createOwnScanner } from './own-scan.ts';

export type OnHappening = (happening: Happening, seen: Snapshot) => void;

/** Looks at the machine as an agent does, and tells what happens from the first look on. Returns how to end it. */
export function watchAlone(config: WatchConfig, onHappening: OnHappening): () => void {
  const { expect, procRoot, scanEvery } = config;
  const compose = createOwnCompose();
  const judgement = new Judgement({
    expected: { services: expect, homes: [] },
    kept: NOTHING_KEPT,
    usersOf: portUsers(openProcRoot(procRoot)),
  });
  const machine = new Machine({
    scanner: createOwnScanner(config),
    compose: (scan) => {
      const snapshot = compose({ ...scan, listeners: withServices(scan.listeners, expect) });
      return { ...snapshot, findings: judgement.see(snapshot) };
    },
    missed: createMissedLooks({ steadyMs, scanEveryMs: () => scanEvery }),
  });
  const happenings = new RecentHappenings({ agentStartedAt: new Date() });
  let told = 0;
  machine.watch((sight, events) => {
    happenings.see(sight, events);
    const { items, lastSequence } = happenings.since(told);
    told = lastSequence;
    for (const happening of items) onHappening(happening, sight.snapshot);
  });
  const look = () => machine.look(new Date());
  look();
  return startTicking(look, () => scanEvery);
}
