/**
 * The wire: what an agent says of its machine, to `/ports` and to the aggregator. The agent produces these types and owns
 * them; the server imports them as `@portlight/agent/contract` and exports views of its own. No imports here.
 *
 * Unknown is `null`, never 0, -1 or "". Times are {@link Instant}s; a quantity carries its unit in its name.
 */

/** RFC 3339 in UTC with milliseconds: `2026-11-23T15:17:05.123Z`. */
export type Instant = string;

/** Number of the format; the aggregator serves the last two. */
export const SCHEMA = 1;

export const PROTOCOLS = ['tcp', 'udp'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export const FAMILIES = ['ipv4', 'ipv6'] as const;
export type Family = (typeof FAMILIES)[number];

/**
 * From where an address can be reached: `loopback` this machine only (127/8, ::1, also as ::ffff:127.0.0.1) · `private`
 * RFC 1918, RFC 4193, RFC 6598 and link-local addresses · `public` any other address · `any` the wildcard, every interface.
 */
export const EXPOSURES = ['loopback', 'private', 'public', 'any'] as const;
export type Exposure = (typeof EXPOSURES)[number];

/**
 * Why no holder of a socket is known: `denied` some process may not be looked into · `vanished` the socket or its holder
 * was gone before it was found · `kernel` every process was looked into and none holds it, as with NFS or VXLAN ·
 * `other-pid-namespace` its holder lives where this /proc does not show it.
 */
export const HOLDERS_UNKNOWN = ['denied', 'vanished', 'kernel', 'other-pid-namespace'] as const;
export type HoldersUnknown = (typeof HOLDERS_UNKNOWN)[number];

/** Who started a process, read from its control group: `user` and `session` are a login's, `container` wins over all. */
export const SCOPES = ['system', 'user', 'session', 'container'] as const;
export type Scope = (typeof SCOPES)[number];

/** The machine. */
export interface Host {
  /** Random, made at the agent's first start and kept in its state directory. */
  readonly id: string;
  /** `--name`, else the host name. */
  readonly name: string;
  /** PRETTY_NAME of os-release, as `Ubuntu 20.04.6 LTS`; null when there is none. */
  readonly os: string | null;
  /** /proc/sys/kernel/osrelease, as `4.18.0-348.el8.x86_64`; null when it could not be read. */
  readonly kernelVersion: string | null;
  /** `x64`, `arm64`. */
  readonly architecture: string;
  /** /proc/sys/kernel/random/boot_id; null when hidden. With pid and start ticks it names a process for ever. */
  readonly bootId: string | null;
  /** `btime` of /proc/stat; moves with the clock by a second. */
  readonly bootedAt: Instant | null;
  /** Addresses of the host's interfaces, without loopback and link-local ones. */
  readonly addresses: readonly string[];
  /** `--label`: names match {@link LABEL_NAME}, values are at most 256 bytes, 32 labels at most. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a label's name must match. */
export const LABEL_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** What the agent costs the machine since it started. */
export interface AgentCost {
  /** User and system time. */
  readonly cpuSeconds: number;
  /** Resident set size. */
  readonly residentBytes: number;
  /** Finished scans. */
  readonly scans: number;
}

/** The agent itself. */
export interface AgentInfo {
  readonly version: string;
  readonly startedAt: Instant;
  /** URL at which the aggregator reaches the local endpoint (`--advertise`, else the address listened on); null for a single scan. */
  readonly endpoint: string | null;
  readonly scanEveryMs: number;
  readonly cost: AgentCost;
}

/** A container, as far as the control group tells. */
export interface Container {
  /** 64 hex digits, or the name of an LXC container. */
  readonly id: string;
  /** `docker`, `containerd`, `crio`, `podman`, `kubernetes` (runtime not told), `lxc`. */
  readonly runtime: string;
  /** uid of the Kubernetes pod, with dashes. */
  readonly pod: string | null;
}

/** Descriptors a process has open, and its soft limit; /proc/PID/fd and /proc/PID/limits. */
export interface FileDescriptors {
  readonly open: number;
  /** null when unlimited. */
  readonly limit: number | null;
}

/** A process that holds a socket. (boot id, pid, start ticks) is its identity: exec keeps it, a reused pid does not. */
export interface Holder {
  readonly pid: number;
  /** Boot time + start ticks; for display, as it moves with the clock. */
  readonly startedAt: Instant | null;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. Null when stat could not be read. */
  readonly startTicks: number | null;
  /** For display: the executable's name, else comm of /proc/PID/stat. Any characters but controls, which are escaped. */
  readonly program: string;
  /** /proc/PID/exe without ` (deleted)`; relative to the container's root for a container; null when it may not be read. */
  readonly executable: string | null;
  /** The file behind /proc/PID/exe is unlinked: the program was replaced or removed. */
  readonly executableDeleted: boolean;
  /** /proc/PID/cmdline, secrets masked as `***`, cut at 4 KiB; empty when unreadable or with `--no-command-lines`. */
  readonly commandLine: readonly string[];
  /** Field 4 of /proc/PID/stat; 0 for what has no parent in this pid namespace. */
  readonly parentPid: number | null;
  /** Pids of the parent, its parent and so on, nearest first, without pid 1 and 0; 16 at most. Empty when unknown. */
  readonly ancestors: readonly number[];
  /** Effective uid, /proc/PID/status. */
  readonly uid: number | null;
  /** Its name in /etc/passwd; null when it has none there. */
  readonly user: string | null;
  /** systemd unit, unescaped: `web.service`, or the user's own unit where scope is `user`. */
  readonly unit: string | null;
  readonly container: Container | null;
  readonly scope: Scope;
  /** Field 3 of /proc/PID/stat: R, S, D, T, t, Z, I … */
  readonly state: string | null;
  readonly fileDescriptors: FileDescriptors | null;
  /** Names the program whatever its pid, port and release: executable's name and folded application (FINDINGS.md). */
  readonly programKey: string;
  /** Ports its command line tells it to use, ascending. */
  readonly toldPorts: readonly number[];
}

/** Sockets whose local end is this listener's, by TCP state. */
export interface Connections {
  /** Accepted by a process. */
  readonly established: number;
  /** Waiting to be accepted: inode 0 in state 01 or 08. */
  readonly unaccepted: number;
  readonly synReceived: number;
  /** The peer closed, the holder has not. */
  readonly closeWait: number;
  /** FIN_WAIT1 and FIN_WAIT2. */
  readonly finWait: number;
  readonly timeWait: number;
}

/** One socket that waits for connections (TCP, state 0A) or datagrams (UDP, state 07, not connected). */
export interface Listener {
  readonly protocol: Protocol;
  /** Of the socket's table: `::ffff:127.0.0.1` and dual-stack `::` are ipv6. */
  readonly family: Family;
  /** As bound, in its usual text form (RFC 5952 for IPv6). */
  readonly address: string;
  readonly port: number;
  readonly exposure: Exposure;
  /** Decimal; unique within a network namespace while the socket lives. */
  readonly inode: string;
  /** Inode of the network namespace, decimal: `readlink /proc/PID/ns/net`. */
  readonly networkNamespace: string;
  /** The namespace is that of the host (of pid 1). */
  readonly isHostNamespace: boolean;
  /** Owner of the socket by its row; root's kernel sockets too. */
  readonly uid: number;
  readonly user: string | null;
  /** Whether a `::` socket takes IPv4 too: false when 0.0.0.0 on the same port is another socket; null for all that is not `::`. */
  readonly dualStack: boolean | null;
  /** First scan that saw it open; null when it is older than the agent. */
  readonly openedAt: Instant | null;
  /** Connections completed and not yet accepted, rx_queue of the LISTEN row; null for UDP. */
  readonly acceptQueue: number | null;
  /** min(backlog, somaxconn) is not in /proc: somaxconn as the ceiling; null for UDP or when that cannot be read. */
  readonly acceptQueueLimit: number | null;
  /** Since when the same queued peers wait and none is accepted, for three seconds or more; null while the queue moves. */
  readonly acceptQueueStuckSince: Instant | null;
  /**
   * As last counted: each 5 s to 60 s, sooner while a queue does not empty. Null for UDP, before the first count, and for
   * all but the lowest inode of sockets that share address and port, as rows do not tell them apart.
   */
  readonly connections: Connections | null;
  /** Every process that holds the socket, oldest first, 64 at most. */
  readonly holders: readonly Holder[];
  /** Holders beyond those 64. */
  readonly holdersOmitted: number;
  /** Why `holders` is empty; null when it is not. */
  readonly holdersUnknown: HoldersUnknown | null;
  /** Name of the declared service (`--expect`) it belongs to. */
  readonly service: string | null;
}

/** How much of the machine this snapshot could see. */
export interface Coverage {
  /** Processes listed in /proc. */
  readonly processes: number;
  /** Of those, the ones whose descriptors may not be read. */
  readonly unreadable: number;
  /** Network namespaces seen, the host's included. */
  readonly namespaces: number;
  /** Listeners without a known holder, whatever the reason. */
  readonly unattributed: number;
  /** Malformed rows, and listeners cut because a push would be too large. */
  readonly skippedRows: number;
  /** /proc hides other users' processes from the agent (mount option hidepid). */
  readonly hidepid: boolean;
  /** Sentences for people: what could not be seen, and the remedy. */
  readonly notes: readonly string[];
}

/** How much of a limited resource is used. */
export interface Usage {
  readonly used: number;
  readonly max: number;
}

/** Limits and counters of the machine (host network namespace); each null when its file is hidden. */
export interface Kernel {
  /** First and last port of net/ipv4/ip_local_port_range. */
  readonly ephemeralPorts: readonly [number, number] | null;
  /** net/ipv4/ip_local_reserved_ports, single ports and ranges as written there: `8080`, `9000-9100`. */
  readonly reservedPorts: readonly string[];
  readonly somaxconn: number | null;
  /** TcpExt ListenOverflows: connections refused because an accept queue was full, since boot. */
  readonly listenOverflows: number | null;
  /** TcpExt ListenDrops: SYNs dropped for any reason, since boot. */
  readonly listenDrops: number | null;
  /** TCP `inuse` of net/sockstat and net/sockstat6. */
  readonly tcpInUse: number | null;
  /** TCP `tw` of net/sockstat. */
  readonly timeWait: number | null;
  /** Distinct local TCP ports of the ephemeral range in use, as last counted; null before. */
  readonly ephemeralInUse: number | null;
  /** fs/file-nr. */
  readonly fileHandles: Usage | null;
  /** Processes and threads: /proc/loadavg against kernel/pid_max and kernel/threads-max. */
  readonly processes: Usage | null;
}

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

/** A finding that explains another one: for drift and ladder each process that was left behind on a port. */
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

/** The facts of each kind, for programs. */
export interface DetailsByKind {
  readonly drift: DriftDetails;
  readonly ladder: LadderDetails;
  readonly 'stale-holder': StaleHolderDetails;
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
  readonly program: string;
  readonly programKey: string;
  readonly service: string | null;
  readonly unit: string | null;
  readonly protocol: Protocol;
  /** Of the home. */
  readonly address: string | null;
  /** Of the home. */
  readonly port: number | null;
  readonly networkNamespace: string;
  /** When the trouble began, as far as it can be told. */
  readonly since: Instant;
  /** When it was first found. */
  readonly detectedAt: Instant;
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
  readonly details: K extends keyof DetailsByKind ? DetailsByKind[K] : Readonly<Record<string, unknown>>;
}

/** One trouble of one program, from opening to closing. Rules and terms: FINDINGS.md. */
export type Finding = { readonly [K in FindingKind]: FindingOf<K> }[FindingKind];

/** Everything the agent knows at one moment: the answer of `/ports`. */
export interface Snapshot {
  readonly schema: typeof SCHEMA;
  readonly host: Host;
  readonly agent: AgentInfo;
  readonly takenAt: Instant;
  /** Sorted by network namespace (the host's first), port, protocol, address. */
  readonly listeners: readonly Listener[];
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  readonly kernel: Kernel;
}

export const EVENT_KINDS = [
  'opened',
  'closed',
  'holders-changed',
  'program-changed',
  'queue-stuck',
  'queue-moving',
  'gap',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * Something that happened to a listener. A `gap` says that nobody looked until `at`, or that events were lost; its socket
 * fields mean nothing.
 */
export interface Event {
  /** Ascending from 1 within one agent start. */
  readonly id: number;
  /** The scan that saw it. */
  readonly at: Instant;
  readonly kind: EventKind;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly networkNamespace: string;
  readonly inode: string;
  /** After the event; for `closed`, the last ones known. */
  readonly holders: readonly Holder[];
  readonly detail: string | null;
  /** Of a gap: since when nobody looked; left out where events were lost, and by all other kinds. */
  readonly from?: Instant;
}

/** A finding that opened, or closed. `finding` is as it was then. */
export interface FindingChange {
  readonly at: Instant;
  readonly kind: 'finding-opened' | 'finding-closed';
  readonly finding: Finding;
}

/** One line of `/events` and of `portlight watch`. `sequence` ascends from 1 within one agent start, over both kinds. */
export type Happening = (Event | FindingChange) & { readonly sequence: number };

/** Answer of `/events`. */
export interface Happenings {
  /** Oldest first, after the `since` that was asked for. */
  readonly items: readonly Happening[];
  /** Give it back as `since`; that of the newest one there is. */
  readonly lastSequence: number;
  /** Of those asked for, the ones no longer kept. */
  readonly dropped: number;
  readonly agentStartedAt: Instant;
}

/* ---------- push: agent → aggregator, POST /api/v1/push ---------- */

/** In push bodies each process stands once in `processes`; holders are indices into it. */
export type Indexed<T extends { readonly holders: readonly Holder[] }> = Omit<T, 'holders'> & {
  readonly holders: readonly number[];
};
export type PushedListener = Indexed<Listener>;
/** `agentStartedAt` only where the event comes from an earlier start's spool. */
export type PushedEvent = Indexed<Event> & { readonly agentStartedAt?: Instant };
export type PushedSnapshot = Omit<Snapshot, 'listeners'> & { readonly listeners: readonly PushedListener[] };

/** What every push body has. (hostId, agentStartedAt, sequence) is applied once. */
export interface PushEnvelope {
  readonly hostId: string;
  readonly bootId: string | null;
  readonly agentStartedAt: Instant;
  /** Counts up from 1 for each agent start. */
  readonly sequence: number;
  /** The agent's clock at sending. */
  readonly sentAt: Instant;
  /** Opaque, at most 64 characters: what matters in the snapshot as it is after this push. Also the ETag of `/ports`. */
  readonly digest: string;
}

/** Everything: on first contact and when asked for by `needFull`. */
export interface FullPush extends PushEnvelope {
  readonly kind: 'full';
  readonly snapshot: PushedSnapshot;
  readonly processes: readonly Holder[];
  /** Random per agent start; what the aggregator presents when it asks this agent live. */
  readonly liveToken: string;
  /** Those not yet acknowledged. */
  readonly events?: readonly PushedEvent[];
}

/** Names a listener that is gone. */
export type ClosedListener = Pick<Listener, 'protocol' | 'address' | 'port' | 'networkNamespace' | 'inode'>;

/** What changed since the state whose digest is `baseDigest`. */
export interface ChangePush extends PushEnvelope {
  readonly kind: 'change';
  readonly baseDigest: string;
  readonly opened: readonly PushedListener[];
  readonly changed: readonly PushedListener[];
  readonly closed: readonly ClosedListener[];
  readonly processes: readonly Holder[];
  readonly events: readonly PushedEvent[];
  /** The whole current list; null when it did not change. */
  readonly findings: readonly Finding[] | null;
}

/** Of a listener, the numbers that the digest leaves out. */
export type ListenerGauge = Pick<Listener, 'inode' | 'networkNamespace' | 'acceptQueue' | 'connections'>;

/**
 * Numbers that move without anything having changed. Each stays true until a later gauge, or a `full` or `change` with the
 * same listener, tells another one.
 */
export interface Gauges {
  /** Those whose numbers are not what was told last: first the ones with a finding or a queue, as many as fit. */
  readonly listeners: readonly ListenerGauge[];
  /** Ports are reserved by hand and can be thousands: they come with `full`. */
  readonly kernel: Omit<Kernel, 'reservedPorts'>;
}

/** Still here, nothing changed. */
export interface AlivePush extends PushEnvelope {
  readonly kind: 'alive';
  /** At most 1 kB of JSON; left out while nothing moved since it was told last. */
  readonly gauges?: Gauges;
}

/** The machine shuts down or the agent ends on purpose. */
export interface LeavingPush extends PushEnvelope {
  readonly kind: 'leaving';
}

export type Push = FullPush | ChangePush | AlivePush | LeavingPush;

/** 202 of a push: what it brought is durable now (`alive` need not be). */
export interface PushAnswer {
  readonly accepted: boolean;
  /** The aggregator's state differs: send a `full` next. */
  readonly needFull: boolean;
  /** The pace for `alive`. */
  readonly aliveEverySeconds: number;
  readonly serverTime: Instant;
  /** Declared services and learned homes for this host; null when unchanged. */
  readonly expectations: Readonly<Record<string, unknown>> | null;
}

/** Body of POST /api/v1/enroll. */
export interface Enrolment {
  readonly host: Pick<Host, 'id' | 'name'>;
}

/** 201 of an enrolment. The token is shown this once. */
export interface EnrolmentAnswer {
  readonly hostId: string;
  readonly token: string;
}

/** Any error answer of agent and aggregator. */
export interface ErrorAnswer {
  readonly error: {
    /** Stable, kebab-case. */
    readonly code: string;
    readonly message: string;
    /** The remedy. */
    readonly hint?: string;
    /** Every fault of a refused body. */
    readonly faults?: readonly string[];
  };
  readonly requestId: string;
}
