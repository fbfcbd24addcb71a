import { type FindingOf, type Growth, type Holder, type Step } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { type Cycle } from './cycling.ts';
import { allHolders, findingOf, seatOf, subtitleOf, type Around } from './finding.ts';
import { type Generation } from './generations.ts';
import { placeOf } from './homes.ts';
import * as steps from './steps.ts';
import { paceText, placeText, timeText } from './words.ts';

const IN_WORDS: Readonly<Record<Growth, string>> = {
  ports: 'ports',
  'file-handles': 'file handles',
  processes: 'processes',
};

export function cyclingFinding(cycle: Cycle, around: Around): FindingOf<'cycling'> {
  const { generations, newest, withinMs, periodMs, growing, since } = cycle;
  const { holder, listener } = newest.stay;
  const { program } = holder;
  const [times, every] = [generations.length, `every ${paceText(periodMs / 1000)}`];
  // One process may open and close its port itself.
  const areRestarts = new Set(generations.map(({ stay }) => holderKey(stay.holder))).size > 1;
  const pace = `${times} ${areRestarts ? 'restarts' : 'times'} in ${paceText(withinMs / 1000)}`;
  return findingOf(
    {
      kind: 'cycling',
      label: 'Cycling',
      severity: growing.length > 0 ? 'critical' : 'warning',
      service: listener.service,
      place: placeOf(listener),
      speaks: holder,
      holders: newest.endedAt === null ? [holder] : [],
      since,
      title: `${program} opens and drops ${listener.port} ${every}`,
      subtitle: subtitleOf('Cycling', holder, [pace, ...growing.map((what) => `more ${IN_WORDS[what]}`)].join(' · ')),
      sentence: `${program} ${areRestarts ? 'restarts' : `opens and drops ${listener.port}`} ${every}.`,
      why: whyItCycles(cycle, areRestarts),
      details: {
        generations: times,
        withinSeconds: withinMs / 1000,
        periodSeconds: Math.round(periodMs / 1000),
        growing,
      },
      causes: [],
      evidence: evidenceOf(cycle),
      steps: stepsOf(holder, listener.port, around),
    },
    around,
  );
}

function whyItCycles({ generations, newest, heldMs }: Cycle, areRestarts: boolean): string {
  const since = generations[0]?.since ?? newest.since;
  const { holder, listener } = newest.stay;
  const who = areRestarts
    ? `One process of ${holder.program} after the other`
    : `${holder.program} (pid ${holder.pid})`;
  const times = areRestarts ? 'has opened' : 'has opened again and again';
  return `${who} ${times} ${placeText(listener)} since ${timeText(since)}, and kept it for about ${paceText(heldMs / 1000)}.`;
}

/** The last turns tell enough. */
const SHOWN_TURNS = 5;

function evidenceOf({ generations, newest, growing, ports }: Cycle): readonly string[] {
  const [before, now] = ports;
  const none = newest.endedAt === null ? [] : [`Nothing of it listens there since ${timeText(newest.endedAt)}.`];
  return [
    `${generations.length} sockets were opened at ${placeText(newest.stay.listener)}, one after the other, since ${timeText(generations[0]?.since ?? newest.since)}.`,
    ...generations.slice(-SHOWN_TURNS).map(turnText),
    ...none,
    ...growing.map((what) =>
      what === 'ports'
        ? `Ports stay behind: it held ${before} when that began, and ${now} when the last one was opened.`
        : `The machine's ${IN_WORDS[what]} grow meanwhile.`,
    ),
  ];
}

function turnText({ stay, since, endedAt }: Generation): string {
  const { pid } = stay.holder;
  return endedAt === null
    ? `Pid ${pid} has held it since ${timeText(since)}.`
    : `Pid ${pid} held it from ${timeText(since)} for ${paceText((endedAt - since) / 1000)}.`;
}

/** Only a service has a journal of its own. */
function stepsOf(holder: Holder, port: number, { program, snapshot }: Around): readonly Step[] {
  const unit = steps.stoppableUnit(holder, allHolders(snapshot.listeners));
  if (unit !== null) return [steps.journal(unit), steps.status(unit)];
  const isThere = allHolders(snapshot.listeners).some((one) => holderKey(one) === holderKey(holder));
  if (!isThere) return program.isHostNamespace ? [steps.lookAt([port], { namespacePid: null }, LINES)] : [];
  return [steps.lookAt([port], seatOf(program, holder), LINES), steps.describe([holder.pid])];
}

const LINES = 'One line or none, and each time another pid';
