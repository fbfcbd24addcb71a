import type { Finding, FindingFacts } from '@portlight/agent/contract';
import { hasKnownDetails } from '../validation/finding-rules.ts';

/** What another agent may leave out. */
type Optional = Partial<Pick<FindingFacts, 'groupId' | 'sentence' | 'why'>>;

/** A finding as it is kept: what its agent left out is made of what it told, and details of an unknown form are left away. */
export function completed(told: Finding): Finding {
  const { groupId, sentence, why } = told as Optional;
  const finding = {
    ...told,
    groupId: groupId ?? told.id,
    sentence: sentence ?? `${told.title}.`,
    why: why ?? told.subtitle,
  };
  return hasKnownDetails(told) ? finding : withoutDetails(finding);
}

/** Who reads the details of a kind that may have none looks first whether they are there. */
function withoutDetails(finding: Finding): Finding {
  return { ...finding, details: {} } as Finding;
}
