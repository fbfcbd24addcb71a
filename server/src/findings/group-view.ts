import type { FindingGroup, FindingMember } from '../store/finding-store.ts';
import type { AffectedHost, FindingGroupView } from '../views.ts';

/** A trouble as its list and its own page show it: told of the first machine, as bad as on the worst. */
export function toGroupView(group: FindingGroup): FindingGroupView {
  const { told } = group;
  return {
    id: group.place.id,
    kind: told.kind,
    label: told.label,
    program: told.program,
    programKey: told.programKey,
    service: told.service,
    unit: told.unit,
    protocol: told.protocol,
    address: told.address,
    port: told.port,
    since: told.since,
    detectedAt: told.detectedAt,
    ...(told.flapping === undefined ? {} : { flapping: told.flapping }),
    title: told.title,
    subtitle: told.subtitle,
    sentence: told.sentence,
    why: told.why,
    details: told.details,
    causes: told.causes,
    evidence: told.evidence,
    steps: told.steps,
    severity: group.severity,
    state: group.isOpen ? 'open' : 'closed',
    closedAt: group.closedAt,
    machines: group.machines,
    radius: group.radius,
    hosts: group.members.map(toAffectedHost),
    hostsOmitted: group.membersOmitted,
  };
}

function toAffectedHost(member: FindingMember): AffectedHost {
  const { hostId, hostName, findingId, currentPort, since, closedAt } = member;
  return { id: hostId, name: hostName, findingId, port: currentPort, since, closedAt };
}
