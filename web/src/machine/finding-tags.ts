import type { Finding, FindingKind, Listener, Severity } from '@portlight/server/views';
import { ladderOf } from '../findings/finding-kinds.ts';
import { newestPorts } from './timeline-expectations.ts';

/** What findings say of one socket. */
export interface FindingTag {
  readonly kind: FindingKind;
  readonly label: string;
  readonly severity: Severity;
  readonly findingId: string;
}

type Socket = Pick<Listener, 'port' | 'protocol' | 'networkNamespace'> & {
  readonly holders: readonly Pick<Listener['holders'][number], 'pid' | 'startTicks'>[];
};

/** At most one tag for each finding. */
export function tagsOf(listener: Socket, findings: readonly Finding[]): readonly FindingTag[] {
  return findings
    .filter((each) => each.networkNamespace === listener.networkNamespace && each.protocol === listener.protocol)
    .flatMap((finding) => {
      const words = tagWords(listener, finding);
      return words === null ? [] : [{ ...words, severity: finding.severity, findingId: finding.id }];
    });
}

function tagWords(listener: Socket, finding: Finding): Pick<FindingTag, 'kind' | 'label'> | null {
  if (!isOfFinding(listener, finding)) return null;
  const isHome = listener.port === finding.port;
  if (isLeftBehind(listener, finding)) {
    return finding.kind === 'ladder' && !isHome ? own(finding) : { kind: 'stale-holder', label: 'Stale holder' };
  }
  const { kind, label } = own(finding);
  if (newestPorts(finding).includes(listener.port))
    return { kind, label: kind === 'ladder' ? `${label}, newest` : label };
  const isRung = ladderOf(finding)?.ports.includes(listener.port) ?? false;
  const isElsewhere = kind === 'drift' || kind === 'ladder';
  return isRung || (isHome && !isElsewhere) ? { kind, label } : null;
}

function own({ kind, label }: Finding): Pick<FindingTag, 'kind' | 'label'> {
  return { kind, label };
}

function isLeftBehind({ port, holders }: Socket, { causes }: Finding): boolean {
  return causes.some(
    (cause) => cause.kind === 'stale-holder' && cause.port === port && holders.some(({ pid }) => pid === cause.pid),
  );
}

/** A holder whose start is unknown is taken for the one with its pid. */
function isOfFinding({ holders }: Socket, finding: Finding): boolean {
  return holders.some(({ pid, startTicks }) =>
    finding.holders.some(
      (each) => each.pid === pid && (each.startTicks === startTicks || each.startTicks === null || startTicks === null),
    ),
  );
}
