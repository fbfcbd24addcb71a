/** Drift, ladder and stale holder of one program: one trouble, one finding. */
import { driftFinding } from './drift-finding.ts';
import { driftsOf } from './drift.ts';
import { type Around, type FindingsOf } from './finding.ts';
import { ladderFinding } from './ladder-finding.ts';
import { ladderOf } from './ladder.ts';
import { behindDrift, behindLadder, type LeftBehind } from './left-behind.ts';
import { staleHolders } from './stale-holder.ts';

/** A ladder stands for its drift, and both for who is left behind. */
export function offPlace(around: Around): FindingsOf<'drift' | 'ladder' | 'stale-holder'> {
  const { program, facts, now } = around;
  const drifts = driftsOf(program, facts).map((drift) => ({ drift, left: behindDrift(drift, program) }));
  const ladder = ladderOf(program, facts, now);
  const told =
    ladder === null
      ? drifts.map(({ drift, left }) => driftFinding(drift, left, around))
      : [
          ladderFinding(
            ladder,
            drifts[0]?.drift ?? null,
            together(behindLadder(ladder), drifts[0]?.left ?? []),
            around,
          ),
        ];
  const explained = [...drifts.flatMap(({ left }) => left), ...(ladder === null ? [] : behindLadder(ladder))];
  return [...told, ...staleHolders(around, new Set(explained.map(({ listener }) => listener.inode)))];
}

/** Each process once a port, in the order of the ports. */
function together(one: readonly LeftBehind[], other: readonly LeftBehind[]): readonly LeftBehind[] {
  const known = new Set(one.map(({ listener, holder }) => `${listener.inode} ${holder.pid}`));
  const added = other.filter(({ listener, holder }) => !known.has(`${listener.inode} ${holder.pid}`));
  return [...one, ...added].toSorted((a, b) => a.listener.port - b.listener.port);
}
