import {
  EXPOSURES,
  FINDING_KINDS,
  GROWTHS,
  HOME_SOURCES,
  PROTOCOLS,
  SEVERITIES,
  STALE_CAUSES,
  type CyclingDetails,
  type DriftDetails,
  type ExposedDetails,
  type Finding,
  type FindingCause,
  type FindingFacts,
  type FindingKind,
  type Flapping,
  type ForecastDetails,
  type Home,
  type LadderDetails,
  type LeakDetails,
  type MissingDetails,
  type OutdatedExecutableDetails,
  type Place,
  type ProcessRef,
  type SharedPortDetails,
  type StaleHolderDetails,
  type Step,
  type WedgedDetails,
  type WrongHolderDetails,
} from '@portlight/agent/contract';
import { address, name, number, pid, port } from './common-rules.ts';
import {
  count,
  decimal,
  flag,
  instant,
  integer,
  listOf,
  matching,
  oneOf,
  optional,
  orNull,
  record,
  shallow,
  text,
  type Rule,
} from './rule.ts';

const cause = record<FindingCause>({
  kind: oneOf(FINDING_KINDS),
  cause: optional(text(64)),
  port: orNull(port),
  pid: orNull(pid),
  since: instant,
});

const step = record<Step>({
  title: text(1_024),
  command: text(4_096),
  expect: optional(text(1_024)),
  changes: optional(flag),
});

const id = matching(/^[0-9a-f]{16}$/, '16 hex digits');

const facts = record<FindingFacts & Pick<Finding, 'kind' | 'details'>>({
  id,
  groupId: optional(id),
  kind: oneOf(FINDING_KINDS),
  label: text(256),
  severity: oneOf(SEVERITIES),
  program: name,
  programKey: name,
  service: orNull(name),
  unit: orNull(name),
  protocol: oneOf(PROTOCOLS),
  address: orNull(address),
  port: orNull(port),
  networkNamespace: number,
  since: instant,
  detectedAt: instant,
  flapping: optional(record<Flapping>({ count, since: instant })),
  title: text(4_096),
  subtitle: text(4_096),
  sentence: optional(text(4_096)),
  why: optional(text(4_096)),
  details: shallow(8, 1_024),
  causes: listOf(cause, 256),
  holders: listOf(record<ProcessRef>({ pid, startTicks: orNull(count) }), 1_024),
  evidence: listOf(text(4_096), 256),
  steps: listOf(step, 64),
});

const place = record<Place>({ address, port });
const home = record<Home>({ address, port, source: oneOf(HOME_SOURCES), support: orNull(text(256)) });

const DETAILS: Readonly<Record<FindingKind, Rule>> = {
  drift: record<DriftDetails>({ home, current: listOf(place, 256) }),
  ladder: record<LadderDetails>({
    home,
    ports: listOf(port, 100),
    pids: listOf(pid, 1_024),
    paceSeconds: orNull(decimal(0, 1e12)),
    // Beyond the last port where the ladder has reached it.
    nextPort: count,
    nextAt: orNull(instant),
  }),
  'stale-holder': record<StaleHolderDetails>({ pid, newerPid: orNull(pid), cause: oneOf(STALE_CAUSES) }),
  wedged: record<WedgedDetails>({
    waiting: count,
    since: instant,
    givenUp: optional(count),
    hasOverflowed: optional(flag),
  }),
  cycling: record<CyclingDetails>({
    generations: count,
    withinSeconds: optional(count),
    periodSeconds: decimal(0, 1e12),
    growing: optional(listOf(oneOf(GROWTHS), GROWTHS.length)),
  }),
  missing: record<MissingDetails>({ home, heldUntil: orNull(instant), missing: listOf(place, 1_024) }),
  'wrong-holder': record<WrongHolderDetails>({ home, pid }),
  'shared-port': record<SharedPortDetails>({ pids: listOf(pid, 1_024) }),
  exposed: record<ExposedDetails>({ home, current: place, exposure: oneOf(EXPOSURES) }),
  leak: record<LeakDetails>({ pid, ports: listOf(port, 1_024), total: count, grownBy: integer(-1e9, 1e9) }),
  'outdated-executable': record<OutdatedExecutableDetails>({ pid, executable: orNull(text(4_096)) }),
  forecast: record<ForecastDetails>({
    resource: text(64, 1),
    used: count,
    limit: count,
    perMinute: optional(decimal(0, 1e12)),
    exhaustedAt: orNull(instant),
    pid: optional(orNull(pid)),
  }),
};

/** Whose details other agents may rely on (FINDINGS.md); those of the other kinds are whatever an agent has to tell. */
const PROMISED: ReadonlySet<FindingKind> = new Set([
  'drift',
  'ladder',
  'stale-holder',
  'wedged',
  'cycling',
  'forecast',
]);

/** Whether its details have the form that this server reads. */
export function hasKnownDetails({ kind, details }: Finding): boolean {
  return DETAILS[kind](details) === null;
}

/** The kind's own details are looked at once the rest is in order: before that the kind may be anything. */
const finding: Rule = (value) => {
  const faults = facts(value);
  if (faults) return faults;
  const { kind, details } = value as Finding;
  if (!PROMISED.has(kind)) return null;
  return DETAILS[kind](details)?.map(({ path, message }) => ({ path: `.details${path}`, message })) ?? null;
};

export const findings: Rule = listOf(finding, 4_096);
