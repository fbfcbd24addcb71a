import type { Finding, FindingKind, Listener, Severity } from '@portlight/server/views';
import { causeBadges } from '../findings/finding-badges.ts';
import { newestPorts } from './timeline-expectations.ts';

/** What findings say of one socket. */
export interface FindingTag {
  readonly kind: FindingKind;
  readonly label: string;
  readonly severity: Severity;
  readonly findingId: string;
}

type Socket = Pick<Listener, 'port' | 'address' | 'protocol' | 'networkNamespace'> & {
  readonly holders: readonly Pick<Listener['holders'][number], 'pid' | 'startTicks'>[];
};

/** For each finding at most one tag of its own, and one for each other trouble that explains it here. */
export function tagsOf(listener: Socket, findings: readonly Finding[]): readonly FindingTag[] {
  return findings
    .filter((each) => each.networkNamespace === listener.networkNamespace && each.protocol === listener.protocol)
    .flatMap((finding) => {
      const own = tagWords(listener, finding);
      const words = [...(own === null ? [] : [own]), ...causeWords(listener, finding)];
      return words.map((each) => ({ ...each, severity: finding.severity, findingId: finding.id }));
    });
}

type TagWords = Pick<FindingTag, 'kind' | 'label'>;

function tagWords(listener: Socket, finding: Finding): TagWords | null {
  if (!isOfFinding(listener, finding)) return null;
  if (isLeftBehind(listener, finding)) {
    const isRung = finding.kind === 'ladder' && listener.port !== finding.port;
    return isRung ? own(finding) : { kind: 'stale-holder', label: 'Stale holder' };
  }
  if (newestPorts(finding).includes(listener.port)) {
    return finding.kind === 'ladder' ? { kind: 'ladder', label: `${finding.label}, newest` } : own(finding);
  }
  return isAbout(listener, finding) ? own(finding) : null;
}

/** Whether a finding speaks of that socket of a process it names. */
function isAbout({ port, address }: Socket, finding: Finding): boolean {
  const isItsPort = port === finding.port;
  switch (finding.kind) {
    case 'drift':
      return false;
    case 'ladder':
      return finding.details.ports.includes(port);
    case 'leak':
      return 'ports' in finding.details ? finding.details.ports.includes(port) : isItsPort;
    case 'exposed':
      return 'current' in finding.details ? isSamePlace({ port, address }, finding.details.current) : isItsPort;
    case 'outdated-executable':
      return finding.port === null || isItsPort;
    case 'forecast':
      return false;
    case 'stale-holder':
    case 'wedged':
    case 'cycling':
    case 'missing':
    case 'wrong-holder':
    case 'shared-port':
      return isItsPort;
  }
}

function isSamePlace(one: Pick<Listener, 'port' | 'address'>, other: typeof one): boolean {
  return one.port === other.port && one.address === other.address;
}

function own({ kind, label }: Finding): TagWords {
  return { kind, label };
}

/** Those left behind are told by the finding's own tag. */
function causeWords(listener: Socket, { causes }: Finding): readonly TagWords[] {
  const here = causes.filter((cause) => cause.kind !== 'stale-holder' && isHeldBy(listener, cause));
  return causeBadges(here).map(({ kind, text }) => ({ kind, label: text }));
}

function isLeftBehind(listener: Socket, { causes }: Finding): boolean {
  return causes.some((cause) => cause.kind === 'stale-holder' && isHeldBy(listener, cause));
}

function isHeldBy({ port, holders }: Socket, cause: Finding['causes'][number]): boolean {
  return cause.port === port && holders.some(({ pid }) => pid === cause.pid);
}

/** A holder whose start is unknown is taken for the one with its pid. */
function isOfFinding({ holders }: Socket, finding: Finding): boolean {
  return holders.some(({ pid, startTicks }) =>
    finding.holders.some(
      (each) => each.pid === pid && (each.startTicks === startTicks || each.startTicks === null || startTicks === null),
    ),
  );
}
