/** The wire, first part: what is seen of a machine. */

/** RFC 3339 in UTC with milliseconds: `2026-11-23T15:17:05.123Z`. */
export type Instant = string;

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
  /** Of the unaccepted, those whose client has closed and waits no more: inode 0 in state 08. Left out when there are none. */
  readonly givenUp?: number;
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
