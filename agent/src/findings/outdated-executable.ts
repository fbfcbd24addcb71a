/** A program runs from a file that was replaced or removed, and was not started anew since. */
import { type FindingOf } from '../contract.ts';
import { allHolders, findingOf, seatOf, subtitleOf, type Around } from './finding.ts';
import { placeOf } from './homes.ts';
import { newestOf, type Instance } from './programs.ts';
import { type Stay } from './stays.ts';
import * as steps from './steps.ts';
import { placeText, timeText } from './words.ts';

/** Executables that never were files: those have no path that could be replaced. */
const MEMORY = '/memfd:';

export function outdatedExecutable(around: Around): readonly FindingOf<'outdated-executable'>[] {
  const newest = newestOf(around.program);
  const [stay] = newest?.stays ?? [];
  if (newest === null || stay === undefined || !isOutdated(newest)) return [];
  return [outdatedFinding(newest, stay, around)];
}

/** In a container the layers of its image come and go. */
function isOutdated({ holder: { executable, executableDeleted, container } }: Instance): boolean {
  return executableDeleted && container === null && executable?.startsWith(MEMORY) !== true;
}

function outdatedFinding(
  { holder, stays }: Instance,
  { listener }: Stay,
  around: Around,
): FindingOf<'outdated-executable'> {
  const { snapshot, program, now } = around;
  const { pid, executable, startedAt } = holder;
  // Of a socket that was opened later it was not seen.
  const replacedAt = stays.find((stay) => stay.replacedAt !== null)?.replacedAt ?? null;
  const place = placeOf(listener);
  const seat = seatOf(program, holder);
  const unit = steps.stoppableUnit(holder, allHolders(snapshot.listeners));
  const when = replacedAt === null ? 'before the agent saw it' : timeText(replacedAt);
  return findingOf(
    {
      kind: 'outdated-executable',
      label: 'Outdated executable',
      severity: 'notice',
      service: listener.service,
      place,
      speaks: holder,
      holders: [holder],
      since: replacedAt ?? now,
      title: `${holder.program} runs a program file that was replaced`,
      subtitle: subtitleOf('Outdated executable', holder, `running since ${timeText(startedAt)}, replaced ${when}`),
      sentence: `${holder.program} still runs the old program file.`,
      why: `${executable ?? 'The program file'} was replaced or removed ${replacedAt === null ? when : `at ${when}`}, and ${holder.program} on ${placeText(place)} was not started anew since: what changed in it, security fixes too, is not in effect.`,
      details: { pid, executable },
      causes: [],
      evidence: [
        `${holder.program} (pid ${pid}), started ${timeText(startedAt)}, runs ${executable ?? 'a program file'}, which is not there any more.`,
        replacedAt === null
          ? 'It was replaced before the agent first saw the process.'
          : `At ${timeText(replacedAt)} it was first seen replaced.`,
        `No newer process of the program listens; this one holds ${placeText(place)}.`,
      ],
      steps: [
        steps.lookAtExecutable(pid),
        unit === null ? steps.confirm(place.port, seat) : steps.restart(unit, place.port, seat),
      ],
    },
    around,
  );
}
