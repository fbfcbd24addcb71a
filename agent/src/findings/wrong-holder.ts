/** A declared place is held by another program than the declared one: without selectors any is right. */
import { posix } from 'node:path';
import { type Expectation, type FindingOf, type Holder, type Listener, type Place } from '../contract.ts';
import { covers } from './bound.ts';
import { meetsSelectors } from './expectation.ts';
import { findingOf, seatOf, subtitleOf, type Scene } from './finding.ts';
import { isAtPlace } from './services.ts';
import * as steps from './steps.ts';
import { beganAt, openedText, placeText, timeText } from './words.ts';

export function wrongHolders(scene: Scene): readonly FindingOf<'wrong-holder'>[] {
  return scene.expectations.flatMap((expectation) => {
    const there = scene.snapshot.listeners.filter((listener) => isAtPlace(listener, expectation));
    const holders = there.flatMap((listener) => listener.holders.map((holder) => ({ listener, holder })));
    if (holders.some(({ holder }) => mayBeMeant(holder, expectation))) return [];
    // PID 1 holds a port for a service that it starts on demand.
    const wrong = holders.find(({ holder }) => holder.pid !== 1);
    return wrong === undefined ? [] : [wrongFinding(expectation, wrong, scene)];
  });
}

/** What may not be looked at is no proof. */
function mayBeMeant(holder: Holder, expectation: Expectation): boolean {
  const seen = holder.executable === null ? { ...expectation, exe: null } : expectation;
  return meetsSelectors(holder, seen);
}

interface Wrong {
  readonly listener: Listener;
  readonly holder: Holder;
}

function wrongFinding(expectation: Expectation, { listener, holder }: Wrong, scene: Scene): FindingOf<'wrong-holder'> {
  const place = placeOn(expectation, listener);
  const owner = ownerOf(expectation, holder);
  const { networkNamespace, isHostNamespace } = listener;
  const seat = seatOf({ isHostNamespace }, holder);
  const speaks = { program: holder.program, unit: expectation.unit, scope: 'system' } as const;
  return findingOf(
    {
      kind: 'wrong-holder',
      label: 'Wrong holder',
      severity: 'critical',
      service: expectation.name,
      place,
      speaks,
      holders: [holder],
      since: beganAt(listener, holder, scene.now),
      title: `${holder.program} holds ${place.port}, which belongs to ${owner}`,
      subtitle: subtitleOf('Wrong holder', speaks, `declared ${placeText(place)}`),
      sentence: `${holder.program} holds ${owner}'s port ${place.port}.`,
      why: `${expectation.name} is declared to be on ${placeText(place)} and ${differences(holder, expectation).join(' and ')}.`,
      details: { home: { ...place, source: 'declared', support: null }, pid: holder.pid },
      causes: [],
      evidence: [
        `Declared: ${expectation.name} belongs on ${placeText(place)}${wanted(expectation)}.`,
        `${holder.program} (pid ${holder.pid}), started ${timeText(holder.startedAt)}, holds ${placeText(listener)}${openedText(listener)}.`,
        ...differences(holder, expectation).map((difference) => `Of pid ${holder.pid}: ${difference}.`),
      ],
      steps: [
        steps.lookAt([place.port], seat, `Held by pid ${holder.pid}`),
        steps.describe([holder.pid]),
        {
          ...steps.confirm(place.port, seat),
          title: 'When it is gone from there and its owner started: confirm the port',
        },
      ],
    },
    { snapshot: scene.snapshot, program: { programKey: holder.programKey, networkNamespace, isHostNamespace } },
  );
}

function placeOn({ places }: Expectation, listener: Listener): Place {
  const place = places.find((one) => one.port === listener.port && covers(listener, one));
  return place ?? { address: listener.address, port: listener.port };
}

/** By what tells it from its holder. */
function ownerOf({ name, exe, unit, user }: Expectation, { program }: Holder): string {
  const names = [exe === null ? null : posix.basename(exe), name, unit, user === null ? null : `user ${user}`];
  return names.find((one) => one !== null && one !== program) ?? name;
}

function wanted({ unit, exe, user }: Expectation): string {
  const parts = [
    ...(unit === null ? [] : [`in ${unit}`]),
    ...(exe === null ? [] : [`run by ${exe}`]),
    ...(user === null ? [] : [`as user ${user}`]),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

function differences(holder: Holder, { unit, exe, user }: Expectation): readonly string[] {
  const any = { unit: null, exe: null, user: null, name: '', places: [] };
  const told: readonly (readonly [Partial<Expectation>, string])[] = [
    [{ unit }, `its unit is ${holder.unit ?? 'none'} instead of ${unit}`],
    [{ exe }, `its executable is ${holder.executable ?? 'unknown'} instead of ${exe}`],
    [{ user }, `its user is ${holder.user ?? holder.uid ?? 'unknown'} instead of ${user}`],
  ];
  return told.filter(([one]) => !meetsSelectors(holder, { ...any, ...one })).map(([, difference]) => difference);
}
