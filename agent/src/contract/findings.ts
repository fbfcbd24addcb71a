/** The wire, second part: what is found wrong with it, and what is expected of it. */
import { type Exposure, type Instant, type Protocol } from './facts.ts';

export const FINDING_KINDS = [
  'drift',
  'ladder',
  'stale-holder',
  'wedged',
  'cycling',
  'missing',
  'wrong-holder',
  'shared-port',
  'exposed',
  'leak',
  'outdated-executable',
  'forecast',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export const SEVERITIES = ['critical', 'warning', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Why an older process still holds a port: it ended not at SIGTERM; another starter began it; its executable was replaced; it inherited the socket. */
export const STALE_CAUSES = ['ignored-sigterm', 'other-starter', 'replaced', 'inherited'] as const;
export type StaleCause = (typeof STALE_CAUSES)[number];

/** A finding that explains another one: for drift and ladder each process that was left behind on a port, and what else is wrong there. */
export interface FindingCause {
  readonly kind: FindingKind;
  /** Refines the kind: a {@link StaleCause}, or `told-by-starter`. */
  readonly cause?: string;
  readonly port: number | null;
  readonly pid: number | null;
  /** For a stale holder: when the process that should have followed it began to listen elsewhere. */
  readonly since: Instant;
}

/** Names a process within a boot. */
export interface ProcessRef {
  readonly pid: number;
  readonly startTicks: number | null;
}

/** Something to type, safe to paste: built from integers and validated unit names only. */
export interface Step {
  readonly title: string;
  readonly command: string;
  /** What the command should show. */
  readonly expect?: string;
  /** It changes the machine; left out where it only looks. */
  readonly changes?: boolean;
}

/** Where a program serves. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/**
 * How a home became known: `declared` by `--expect` · `told` by the command line · `here` held on this machine before ·
 * `fleet` by the same program on other machines.
 */
export const HOME_SOURCES = ['declared', 'told', 'here', 'fleet'] as const;
export type HomeSource = (typeof HOME_SOURCES)[number];

/** Where a program belongs. */
export interface Home extends Place {
  readonly source: HomeSource;
  /** What speaks for it, for people: `held for 41 d`, `192 of 200`; null for `declared` and `told`. */
  readonly support: string | null;
}

export interface DriftDetails {
  readonly home: Home;
  /** Where the newest process listens instead. */
  readonly current: readonly Place[];
}

export interface LadderDetails {
  readonly home: Home;
  /** The rungs, ascending; at most 100, the newest are kept. */
  readonly ports: readonly number[];
  /** Processes that hold a rung now, by port. */
  readonly pids: readonly number[];
  /** Median time from rung to rung; null when two began in the same moment. */
  readonly paceSeconds: number | null;
  /** The port of the next rung. */
  readonly nextPort: number;
  /** When it is due at that pace; null without a pace. */
  readonly nextAt: Instant | null;
}

export interface StaleHolderDetails {
  readonly pid: number;
  /** The newest process of the program; null when none listens. */
  readonly newerPid: number | null;
  readonly cause: StaleCause;
}

export interface WedgedDetails {
  /** Connections in the accept queue. */
  readonly waiting: number;
  /** Since when none of them was accepted. */
  readonly since: Instant;
  /** Of those that wait, the ones whose client has closed meanwhile. */
  readonly givenUp: number;
  /** Connections were refused meanwhile: ListenOverflows rose while the queue stood still. */
  readonly hasOverflowed: boolean;
}

/** What may grow while a program cycles. `file-handles` and `processes` are those of the whole machine. */
export const GROWTHS = ['ports', 'file-handles', 'processes'] as const;
export type Growth = (typeof GROWTHS)[number];

export interface CyclingDetails {
  /** Listening sockets that came one after another within `withinSeconds`. */
  readonly generations: number;
  readonly withinSeconds: number;
  /** Median time from the start of one to the start of the next. */
  readonly periodSeconds: number;
  readonly growing: readonly Growth[];
}

export interface MissingDetails {
  readonly home: Home;
  /** When it was last seen held; null when it never was. */
  readonly heldUntil: Instant | null;
  /** All homes of the program that nothing listens on, this one first. */
  readonly missing: readonly Place[];
}

export interface WrongHolderDetails {
  readonly home: Home;
  /** Who holds it. */
  readonly pid: number;
}

export interface SharedPortDetails {
  /** Oldest first; at most 100. */
  readonly pids: readonly number[];
}

export interface ExposedDetails {
  /** Where it was, or was declared to be. */
  readonly home: Home;
  readonly current: Place;
  readonly exposure: Exposure;
}

export interface LeakDetails {
  readonly pid: number;
  /** All it holds, ascending; at most 100, the highest are left out. */
  readonly ports: readonly number[];
  /** How many those are. */
  readonly total: number;
  /** More than ten minutes ago; 0 while it does not grow. */
  readonly grownBy: number;
}

export interface OutdatedExecutableDetails {
  readonly pid: number;
  /** The file that was replaced or removed; null when it may not be read. */
  readonly executable: string | null;
}

/** `file-descriptors` of one process; the others are the machine's. */
export const RESOURCES = ['file-descriptors', 'file-handles', 'ephemeral-ports', 'processes'] as const;
export type Resource = (typeof RESOURCES)[number];

export interface ForecastDetails {
  readonly resource: Resource;
  readonly used: number;
  readonly limit: number;
  readonly perMinute: number;
  /** When the limit is reached at that pace. */
  readonly exhaustedAt: Instant;
  /** Whose descriptors; null for the machine's resources. */
  readonly pid: number | null;
}

/** The facts of each kind, for programs. */
export interface DetailsByKind {
  readonly drift: DriftDetails;
  readonly ladder: LadderDetails;
  readonly 'stale-holder': StaleHolderDetails;
  readonly wedged: WedgedDetails;
  readonly cycling: CyclingDetails;
  readonly missing: MissingDetails;
  readonly 'wrong-holder': WrongHolderDetails;
  readonly 'shared-port': SharedPortDetails;
  readonly exposed: ExposedDetails;
  readonly leak: LeakDetails;
  readonly 'outdated-executable': OutdatedExecutableDetails;
  readonly forecast: ForecastDetails;
}

/** A finding that opened and closed three times within five minutes: it stays open until it was calm for as long. */
export interface Flapping {
  /** How often it opened since then. */
  readonly count: number;
  readonly since: Instant;
}

/** A declared service: where it belongs, and what its holder must be. `--expect`, or handed down by the aggregator. */
export interface Expectation {
  /** For people; {@link Listener.service}. */
  readonly name: string;
  /** Any one of them is right; at least one. */
  readonly places: readonly Place[];
  /** Unit its holder must run in; null: any. */
  readonly unit: string | null;
  /** Path, or name without `/`, of the executable its holder must run; null: any. */
  readonly exe: string | null;
  /** User its holder must run as, by name or uid; null: any. */
  readonly user: string | null;
}

/** Where a program is on most machines of the fleet. */
export interface FleetHome extends Place {
  readonly programKey: string;
  /** `192 of 200`. */
  readonly support: string;
}

/** What all kinds of finding have. */
export interface FindingFacts {
  /** 16 hex digits, stable over pid, inode and restart. */
  readonly id: string;
  /** The same trouble on any machine: 16 hex digits, as `id` but without the host. */
  readonly groupId: string;
  /** The kind for people: `Stale holder`. */
  readonly label: string;
  readonly severity: Severity;
  /** Of a trouble of the whole machine, the machine's name. */
  readonly program: string;
  /** `service web` where only the declaration of a service is known, `machine` for a trouble of the whole machine. */
  readonly programKey: string;
  readonly service: string | null;
  readonly unit: string | null;
  readonly protocol: Protocol;
  /** Of the home; null where it is not about a port. */
  readonly address: string | null;
  /** Of the home; null where it is not about a port. */
  readonly port: number | null;
  readonly networkNamespace: string;
  /** When the trouble began, as far as it can be told. */
  readonly since: Instant;
  /** When it was first found. */
  readonly detectedAt: Instant;
  /** Left out while it is steady. */
  readonly flapping?: Flapping;
  /** One row of a list: `node is on 3001, should be on 3000`. */
  readonly title: string;
  /** The row's second line: `Drift · web.service · old process still holds 127.0.0.1:3000`. */
  readonly subtitle: string;
  /** The machine's headline: `node is off its port: expected 3000, now on 3001.` */
  readonly sentence: string;
  /** Why, in one or two sentences below the headline. */
  readonly why: string;
  readonly causes: readonly FindingCause[];
  /** Every process it speaks of: the newest one and those left behind. */
  readonly holders: readonly ProcessRef[];
  /** Facts with numbers and times, a sentence each. */
  readonly evidence: readonly string[];
  readonly steps: readonly Step[];
}

/** A finding of one kind, with the details of that kind. */
export interface FindingOf<K extends FindingKind> extends FindingFacts {
  readonly kind: K;
  readonly details: DetailsByKind[K];
}

/** One trouble of one program, from opening to closing. Rules and terms: FINDINGS.md. */
export type Finding = { readonly [K in FindingKind]: FindingOf<K> }[FindingKind];

/** What the aggregator hands down to one host: whole, in place of what it handed down before. */
export interface HandedExpectations {
  /** Opaque, at most 64 characters; the agent tells it in its pushes. */
  readonly version: string;
  /** A service of the same name stands in place of that of `--expect`. */
  readonly services: readonly Expectation[];
  /** Of programs that this host runs. */
  readonly homes: readonly FleetHome[];
}
