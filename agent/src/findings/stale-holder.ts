/** A process is left behind on a port, and nothing of its program is off its place: the finding that stands alone. */
import { type FindingOf, type Listener } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { covers } from './bound.ts';
import { allHolders, findingOf, seatOf, staleCauses, subtitleOf, type Around } from './finding.ts';
import { holderEvidence } from './holder-evidence.ts';
import { homesOf, learnedHomes, placeOf, type HomeChoice } from './homes.ts';
import { causeOf, type LeftBehind } from './left-behind.ts';
import { isBatch, newestOf, type Instance, type Program } from './programs.ts';
import { isManaged } from './siblings.ts';
import * as steps from './steps.ts';
import { placeText, timeText } from './words.ts';

/** A graceful hand-over lasts less long. */
const HAND_OVER_MS = 30_000;

/** Sockets of `explained` are told of by another finding. */
export function staleHolders(around: Around, explained: ReadonlySet<string>): readonly FindingOf<'stale-holder'>[] {
  const { program, facts, now } = around;
  const newest = newestOf(program);
  const left = [...heirs(program), ...doubles(program, newest)].filter(
    ({ since, listener }) => now - since >= HAND_OVER_MS && !explained.has(listener.inode),
  );
  if (left.length === 0) return [];
  const homes = homesOf(program, facts);
  const isHome = (listener: Listener) =>
    homes.flat().some((home) => home.port === listener.port && covers(listener, home)) || isLearned(listener, around);
  return left.map((one) => staleFinding(one, newest, isHome(one.listener), homes, around));
}

function isLearned({ address, port }: Listener, { facts }: Around): boolean {
  return learnedHomes(facts.learned).some((home) => home.address === address && home.port === port);
}

/** Whoever has a socket from a process of another program that is gone. */
function heirs({ abandoned }: Program): readonly LeftBehind[] {
  return abandoned.flatMap(({ listener, since }) =>
    listener.holders
      .slice(0, 1)
      .map((holder) => ({ holder, listener, since, cause: 'inherited' as const, isCertain: true })),
  );
}

/** Older processes that share the address of the newest one, each by a socket of its own (SO_REUSEPORT). */
function doubles(program: Program, newest: Instance | null): readonly LeftBehind[] {
  const { instances } = program;
  if (newest === null || instances.length < 2) return [];
  const taken = new Map(newest.stays.map((stay) => [placeText(stay.listener), stay]));
  const shared = new Set(newest.stays.map(({ listener }) => listener.inode));
  return instances
    .filter((old) => old !== newest && !isBatch([old.startedAt, newest.startedAt]) && isLeft(old, newest, program))
    .flatMap((old) =>
      old.stays.flatMap(({ holder, listener }) => {
        const own = taken.get(placeText(listener));
        if (own === undefined || shared.has(listener.inode)) return [];
        return [{ holder, listener, since: own.since, cause: causeOf(holder, newest), isCertain: true }];
      }),
    );
}

/** Children of one living starter stand side by side; an orphan, or one of another starter, was left. */
function isLeft(old: Instance, newest: Instance, program: Program): boolean {
  const { parentPid } = old.holder;
  if (parentPid === 1 || parentPid !== newest.holder.parentPid) return true;
  return isManaged(old.holder) && !isOneOfSeveral(old, program);
}

/** It was started together with others on its port, of which one may have been started again since. */
function isOneOfSeveral(old: Instance, { instances, past }: Program): boolean {
  const places = new Set(old.stays.map(({ listener }) => placeText(listener)));
  return [...instances.flatMap(({ stays }) => stays), ...past].some(
    ({ holder, listener, startedAt }) =>
      holderKey(holder) !== old.key && isBatch([startedAt, old.startedAt]) && places.has(placeText(listener)),
  );
}

function staleFinding(
  left: LeftBehind,
  newest: Instance | null,
  isHome: boolean,
  homes: readonly HomeChoice[],
  around: Around,
): FindingOf<'stale-holder'> {
  const { holder, listener, since, cause } = left;
  const newer = newest !== null && holderKey(holder) !== newest.key ? newest.holder : null;
  const place = placeOf(listener);
  const seat = seatOf(around.program, holder);
  const old = cause === 'inherited' ? holder.program : `An old ${holder.program}`;
  const unit = newer === null ? null : steps.stoppableUnit(newer, allHolders(around.snapshot.listeners));
  return findingOf(
    {
      kind: 'stale-holder',
      label: 'Stale holder',
      severity: isHome ? 'critical' : 'warning',
      service: homes.flat().find((home) => home.port === listener.port)?.service ?? null,
      place,
      speaks: holder,
      holders: newer === null ? [holder] : [holder, newer],
      since,
      title: `${old} still holds ${listener.port}`,
      subtitle: subtitleOf(
        'Stale holder',
        holder,
        `pid ${holder.pid}, started ${timeText(holder.startedAt)}, left behind ${timeText(since)}`,
      ),
      sentence:
        newer === null
          ? `${old} holds ${listener.port}: whoever wants it cannot have it.`
          : `An old process holds ${listener.port} beside the new one.`,
      why: `${holder.program} (pid ${holder.pid}, started ${timeText(holder.startedAt)}) holds ${placeText(place)} since its program was replaced at ${timeText(since)}.`,
      details: { pid: holder.pid, newerPid: newer?.pid ?? null, cause },
      causes: staleCauses([left]),
      evidence: holderEvidence(left, newer ?? { ...holder, program: programName(around.program) }),
      steps: [
        steps.describe([holder.pid]),
        steps.end('End it', [left], seat),
        unit === null ? steps.confirm(listener.port, seat) : steps.restart(unit, listener.port, seat),
      ],
    },
    around,
  );
}

/** Of a program none of whose processes is there any more. */
function programName({ programKey }: Program): string {
  return programKey.split(' ', 1)[0] ?? programKey;
}
