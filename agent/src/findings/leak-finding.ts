import { type FindingOf, type Step } from '../contract.ts';
import { allHolders, findingOf, seatOf, subtitleOf, type Around } from './finding.ts';
import { placeOf } from './homes.ts';
import { portsOf, type Leak } from './leak.ts';
import * as steps from './steps.ts';
import { paceText, timeText } from './words.ts';

const MOST_PORTS = 100;
/** When it held so many, it was one. */
const TENTH = 9;

export function leakFinding(leak: Leak, around: Around): FindingOf<'leak'> {
  const { instance, severity, stays, counts } = leak;
  const { holder } = instance;
  const [all, own] = [portsOf(instance.stays), portsOf(stays)];
  const grownBy = (counts.at(-1) ?? 0) - (counts[0] ?? 0);
  const isGrowing = severity !== 'notice';
  const openings = stays.map(({ since }) => since).sort((a, b) => a - b);
  const [lowest = instance.stays[0]] = stays;
  return findingOf(
    {
      kind: 'leak',
      label: 'Leak',
      severity,
      service: lowest?.listener.service ?? null,
      place: lowest === undefined ? null : placeOf(lowest.listener),
      // Lower ports may be opened or closed: it is one trouble all the same.
      resource: `ports ${around.program.service ?? ''}`,
      speaks: holder,
      holders: [holder],
      since: openings[TENTH] ?? instance.startedAt,
      title: isGrowing
        ? `${holder.program} holds ${all.length} ports and opens more`
        : `${holder.program} holds ${own.length} adjoining ports`,
      subtitle: subtitleOf('Leak', holder, isGrowing ? `+${grownBy} in 10 min · one process` : 'one process'),
      sentence: isGrowing
        ? `One process keeps opening ports: ${all.length} so far.`
        : `One process holds ${own.length} adjoining ports: ${own[0]} to ${own.at(-1)}.`,
      why: whyItLeaks(leak),
      details: { pid: holder.pid, ports: all.slice(0, MOST_PORTS), total: all.length, grownBy },
      causes: [],
      evidence: evidenceOf(leak, around),
      steps: stepsOf(leak, around),
    },
    around,
  );
}

function whyItLeaks({ instance, counts, thirdMs }: Leak): string {
  const { program, pid } = instance.holder;
  const who = `${program} (pid ${pid})`;
  if (counts.length === 0) return `${who} opened ports side by side that nobody told or declared it.`;
  const time = paceText((thirdMs * (counts.length - 1)) / 1000);
  return `${who} opened ports of its own choice in each third of the last ${time} and keeps them: ${counts[0]} became ${counts.at(-1)}.`;
}

/** The first and the last ones tell enough. */
const SHOWN_PORTS = 5;

function evidenceOf({ instance, stays, counts, thirdMs }: Leak, { now }: Around): readonly string[] {
  const { program, pid, startedAt, fileDescriptors } = instance.holder;
  const own = portsOf(stays);
  const shown = own.length <= 2 * SHOWN_PORTS ? own : [...own.slice(0, SHOWN_PORTS), '…', ...own.slice(-SHOWN_PORTS)];
  const last = counts.length - 1;
  const grown = counts.map((count, at) => `${count} at ${timeText(now - (last - at) * thirdMs)}`);
  const limit = fileDescriptors?.limit ?? null;
  return [
    `${program} (pid ${pid}), started ${timeText(startedAt)}, holds ${shown.join(', ')}.`,
    `None of these ${own.length} ports is told by its command line or declared, or was its own before this boot.`,
    ...(grown.length === 0 ? [] : [`So many it held: ${grown.join(', ')}.`]),
    ...(fileDescriptors === null
      ? []
      : [`It has ${fileDescriptors.open}${limit === null ? '' : ` of ${limit}`} file descriptors open.`]),
  ];
}

function stepsOf({ instance, severity, stays }: Leak, { program, snapshot }: Around): readonly Step[] {
  const { holder } = instance;
  const seat = seatOf(program, holder);
  const seen = [steps.countPorts(holder.pid, seat), steps.describe([holder.pid])];
  const [lowest] = stays;
  if (severity === 'notice' || lowest === undefined) return seen;
  const unit = steps.stoppableUnit(holder, allHolders(snapshot.listeners));
  const { listener } = lowest;
  return unit === null
    ? [...seen, steps.end('End it', [{ holder, listener }], seat), steps.confirm(listener.port, seat)]
    : [...seen, steps.restart(unit, listener.port, seat)];
}
