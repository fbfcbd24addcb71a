/** A listener can be reached from farther away than was declared, or than its program's home could before. */
import {
  type Expectation,
  type Exposure,
  type FindingOf,
  type Holder,
  type Home,
  type Listener,
  type Place,
  type Step,
} from '../contract.ts';
import { exposureOf } from '../proc/net-address.ts';
import { covers } from './bound.ts';
import { hasSelectors, meetsSelectors } from './expectation.ts';
import { allHolders, findingOf, seatOf, subtitleOf, type Around, type Scene, type Subject } from './finding.ts';
import { learnedHomes, placeOf, type KnownHome } from './homes.ts';
import * as steps from './steps.ts';
import { beganAt, placeText, timeText } from './words.ts';

const REACH: Readonly<Record<Exposure, number>> = { loopback: 0, private: 1, public: 2, any: 3 };

const reachOf = ({ address }: Pick<Place, 'address'>) => REACH[exposureOf(address)];

/** Beyond what this program's home had before. Of a container's namespace nothing can be said: its addresses are its own. */
export function moreExposedThanBefore({ program, facts, snapshot, now }: Around): readonly FindingOf<'exposed'>[] {
  const reaching = program.instances
    .flatMap(({ stays }) => stays)
    .filter(({ listener }) => REACH[listener.exposure] > 0);
  if (!program.isHostNamespace || reaching.length === 0) return [];
  const homes = learnedHomes(facts.learned);
  const declared = new Set(facts.expectations.flatMap(({ places }) => places.map(({ port }) => port)));
  const sockets = new Map(reaching.map((stay) => [placeText(stay.listener), stay]));
  return [...sockets.values()]
    .filter(({ listener }) => !declared.has(listener.port))
    .flatMap(({ listener, holder }) => {
      const home = farthest(homes.filter(({ port }) => port === listener.port));
      if (home === null || REACH[listener.exposure] <= reachOf(home)) return [];
      return [exposedFinding({ home: homeOf(home), service: null, listener, holder }, program, snapshot, now)];
    });
}

/** Beyond what was declared. */
export function moreExposedThanDeclared({ expectations, snapshot, now }: Scene): readonly FindingOf<'exposed'>[] {
  return expectations.flatMap((expectation) =>
    snapshot.listeners.flatMap((listener) => {
      const home = farthest(expectation.places.filter(({ port }) => port === listener.port));
      const holder = servant(listener, expectation);
      if (home === null || holder === null || REACH[listener.exposure] <= reachOf(home)) return [];
      const { networkNamespace, isHostNamespace } = listener;
      const subject = { programKey: holder.programKey, networkNamespace, isHostNamespace };
      const { address, port } = home;
      const declared: Home = { address, port, source: 'declared', support: null };
      return [exposedFinding({ home: declared, service: expectation.name, listener, holder }, subject, snapshot, now)];
    }),
  );
}

/** Who serves the declared service on this socket; null when it is none of its sockets, or nobody can be seen. */
function servant(listener: Listener, expectation: Expectation): Holder | null {
  if (listener.protocol !== 'tcp' || !listener.isHostNamespace) return null;
  const holder = listener.holders.find((one) => meetsSelectors(one, expectation));
  const isMeant = hasSelectors(expectation) || expectation.places.some((place) => covers(listener, place));
  return isMeant ? (holder ?? null) : null;
}

function farthest<T extends Place>(places: readonly T[]): T | null {
  return places.toSorted((a, b) => reachOf(b) - reachOf(a))[0] ?? null;
}

function homeOf({ address, port, source, support }: KnownHome): Home {
  return { address, port, source, support };
}

interface Exposed {
  readonly home: Home;
  readonly service: string | null;
  readonly listener: Listener;
  readonly holder: Holder;
}

function exposedFinding(
  { home, service, listener, holder }: Exposed,
  program: Subject,
  snapshot: Scene['snapshot'],
  now: number,
): FindingOf<'exposed'> {
  const { port, address, exposure } = listener;
  const where = exposure === 'any' ? 'open on every interface' : `open on ${address}, to other machines`;
  const since = beganAt(listener, holder, now);
  const before = home.source === 'declared' ? 'declared' : 'was';
  return findingOf(
    {
      kind: 'exposed',
      label: 'Exposed',
      severity: 'warning',
      service,
      place: home,
      speaks: holder,
      holders: [holder],
      since,
      title: `${holder.program} ${port} is ${where}`,
      subtitle: subtitleOf('Exposed', holder, `${before} ${home.address}, now ${address}`),
      sentence: `${port} is ${where} since ${timeText(since)}.`,
      why: `${holder.program} (pid ${holder.pid}) listens on ${placeText(listener)}; ${before} ${placeText(home)}.`,
      details: { home, current: placeOf(listener), exposure },
      causes: [],
      evidence: [
        home.support === null
          ? `Declared: ${service ?? holder.program} belongs on ${placeText(home)}.`
          : `${holder.program} was on ${placeText(home)}: ${home.support} on this machine.`,
        `${holder.program} (pid ${holder.pid}), started ${timeText(holder.startedAt)}, listens on ${placeText(listener)}.`,
      ],
      steps: stepsOf(holder, port, program, snapshot),
    },
    { snapshot, program },
  );
}

function stepsOf(holder: Holder, port: number, program: Subject, { listeners }: Scene['snapshot']): readonly Step[] {
  const seat = seatOf(program, holder);
  const unit = steps.stoppableUnit(holder, allHolders(listeners));
  return [
    steps.lookAt([port], seat, 'The address it is bound to'),
    steps.lookAtFirewall(port),
    unit === null ? steps.confirm(port, seat) : steps.restartBound(unit, port, seat),
  ];
}
