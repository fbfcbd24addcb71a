import { type Finding } from '../contract.ts';
import { timeText } from './words.ts';

/** What is remembered of a finding that comes and goes. Times are in milliseconds since 1970. */
interface Story {
  /** As it was when it was there last. */
  readonly finding: Finding;
  readonly isThere: boolean;
  readonly openings: readonly number[];
  readonly closings: readonly number[];
  /** Since when it flaps; null: it does not. */
  readonly flapsSince: number | null;
}

/** By id: what was found within {@link CALM_MS}. */
export type Stories = ReadonlyMap<string, Story>;

export const NO_STORIES: Stories = new Map();

const TIMES = 3;
const CALM_MS = 300_000;

/** A finding that opens and closes again and again is one that stays open until it was calm for five minutes. */
export function steadied(
  before: Stories,
  findings: readonly Finding[],
  now: number,
): { readonly findings: readonly Finding[]; readonly stories: Stories } {
  const present = new Map(findings.map((finding) => [finding.id, finding]));
  const ids = new Set([...before.keys(), ...present.keys()]);
  const stories = [...ids].flatMap((id): [string, Story][] => {
    const story = next(before.get(id), present.get(id), now);
    return story === null ? [] : [[id, story]];
  });
  return { findings: stories.flatMap(([, story]) => shown(story)), stories: new Map(stories) };
}

/** Null: forgotten. */
function next(before: Story | undefined, finding: Finding | undefined, now: number): Story | null {
  const last = finding ?? before?.finding;
  if (last === undefined) return null;
  const { isThere: wasThere = false, openings = [], closings = [], flapsSince = null } = before ?? {};
  const isThere = finding !== undefined;
  const opened = isThere && !wasThere ? [...openings, now] : openings;
  const closed = !isThere && wasThere ? [...closings, now] : closings;
  const isCalm = [...opened, ...closed].every((at) => now - at >= CALM_MS);
  if (isCalm && !isThere) return null;
  const recent = closed.filter((at) => now - at < CALM_MS);
  const begun = flapsSince ?? (recent.length >= TIMES ? (opened.find((at) => now - at < CALM_MS) ?? now) : null);
  return {
    finding: last,
    isThere,
    flapsSince: isCalm ? null : begun,
    // While it flaps every opening since then counts.
    openings: begun === null ? opened.filter((at) => now - at < CALM_MS) : opened.filter((at) => at >= begun),
    closings: recent,
  };
}

function shown({ finding, isThere, openings, flapsSince }: Story): readonly Finding[] {
  if (flapsSince === null) return isThere ? [finding] : [];
  const count = openings.length;
  const since = new Date(flapsSince).toISOString();
  return [
    {
      ...finding,
      since: finding.since < since ? finding.since : since,
      flapping: { count, since },
      subtitle: `${finding.subtitle} · flapping, opened ${count} times since ${timeText(since)}`,
      evidence: [
        ...finding.evidence,
        `It opened ${count} times since ${timeText(since)}; it closes when it was calm for 5 min.`,
      ],
    },
  ];
}
