/** What runs on the machines of a synthetic fleet. */
import type { Container, Holder } from '@portlight/agent/contract';

/** Where a program listens. */
export interface Seat {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** A program, or one of many alike. */
export interface Program {
  readonly program: string;
  readonly executable: string;
  readonly commandLine: readonly string[];
  readonly programKey: string;
  readonly user: string;
  readonly uid: number;
  readonly unit: string | null;
  /** Processes that hold each of its sockets. */
  readonly processes: number;
  readonly seats: readonly Seat[];
  /** Runs in a network namespace of its own. */
  readonly isContained: boolean;
}

type ProgramTexts = Partial<Omit<Program, 'program' | 'seats'>>;

function tcp(port: number, ...addresses: readonly string[]): readonly Seat[] {
  return addresses.map((address) => ({ protocol: 'tcp', address, port }));
}

function daemon(program: string, seats: readonly Seat[], texts: ProgramTexts = {}): Program {
  const executable = texts.executable ?? `/usr/sbin/${program}`;
  return {
    program,
    executable,
    commandLine: [executable],
    programKey: `${program} `,
    user: 'root',
    uid: 0,
    unit: `${program}.service`,
    processes: 1,
    seats,
    isContained: false,
    ...texts,
  };
}

const [LOCAL, LOCAL6, ANY, ANY6] = ['127.0.0.1', '::1', '0.0.0.0', '::'];

const sshd = daemon('sshd', tcp(22, ANY, ANY6), { commandLine: ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100'] });
const resolved = daemon('systemd-resolved', [
  { protocol: 'udp', address: '127.0.0.53', port: 53 },
  ...tcp(53, '127.0.0.53'),
]);
const nodeExporter = daemon('node_exporter', tcp(9100, ANY6), { user: 'exporter', uid: 998 });
const chronyd = daemon('chronyd', [
  { protocol: 'udp', address: LOCAL, port: 323 },
  { protocol: 'udp', address: LOCAL6, port: 323 },
]);
const nginx = daemon('nginx', [...tcp(80, ANY, ANY6), ...tcp(443, ANY, ANY6)], {
  commandLine: ['nginx: master process /usr/sbin/nginx -g daemon on; master_process on;'],
  processes: 5,
});
const postgres = daemon('postgres', tcp(5432, LOCAL, LOCAL6), {
  executable: '/usr/lib/postgresql/16/bin/postgres',
  commandLine: ['/usr/lib/postgresql/16/bin/postgres', '-D', '/var/lib/postgresql/16/main'],
  user: 'postgres',
  uid: 113,
  unit: 'postgresql@16-main.service',
});
const postgresExporter = daemon('postgres_exporter', tcp(9187, ANY6), { user: 'exporter', uid: 998 });
const redis = daemon('redis-server', tcp(6379, LOCAL, LOCAL6), { user: 'redis', uid: 114 });
const redisExporter = daemon('redis_exporter', tcp(9121, ANY6), { user: 'exporter', uid: 998 });
const phpFpm = daemon('php-fpm8.3', tcp(9000, LOCAL), { user: 'www-data', uid: 33, processes: 6 });
const master = daemon('master', tcp(25, LOCAL, LOCAL6), {
  executable: '/usr/lib/postfix/sbin/master',
  unit: 'postfix@-.service',
});
const kubelet = daemon('kubelet', [...tcp(10_248, LOCAL), ...tcp(10_250, ANY6)]);
const kubeProxy = daemon('kube-proxy', [...tcp(10_249, LOCAL), ...tcp(10_256, ANY6)]);

/** Each machine has these. */
export const EVERYWHERE: readonly Program[] = [sshd, resolved, nodeExporter];

/** A machine's purpose: what it runs besides, in this order, as far as its listeners reach. */
export const ROLES: readonly [readonly Program[], ...(readonly Program[])[]] = [
  [nginx, phpFpm, chronyd],
  [nginx, master],
  [postgres, postgresExporter, chronyd],
  [redis, redisExporter],
  [kubelet, kubeProxy, chronyd],
];

const APPLICATIONS = ['shop', 'search', 'billing', 'login', 'mail', 'stock', 'media', 'report'] as const;

/** One of the further applications of a machine: a Node program, a JVM, or a container with its proxy. */
export function application(number: number, bits: number): Program {
  const name = APPLICATIONS[bits % APPLICATIONS.length] ?? APPLICATIONS[0];
  switch ((bits >>> 3) % 3) {
    case 0:
      return nodeProgram(name, 4_000 + number);
    case 1:
      return jvm(name, 8_000 + number);
    default:
      return contained(name, number);
  }
}

export function nodeProgram(name: string, port: number): Program {
  const file = `/srv/${name}/current/server.js`;
  return daemon('node', tcp(port, LOCAL), {
    executable: '/usr/bin/node',
    commandLine: ['/usr/bin/node', '--enable-source-maps', file],
    programKey: `node ${file}`,
    user: name,
    uid: 1_000,
    unit: `${name}.service`,
  });
}

function jvm(name: string, port: number): Program {
  const jar = `/opt/${name}/${name}.jar`;
  return daemon('java', [...tcp(port, ANY6), ...tcp(port + 1_000, LOCAL)], {
    executable: '/usr/lib/jvm/java-21-openjdk-amd64/bin/java',
    commandLine: ['java', '-Xmx2g', '-XX:+UseG1GC', `-Dserver.port=${port}`, '-jar', jar],
    programKey: `java ${jar}`,
    user: name,
    uid: 1_001,
    unit: `${name}.service`,
  });
}

function contained(name: string, number: number): Program {
  return daemon('node', tcp(8_080, ANY6), {
    executable: '/usr/local/bin/node',
    commandLine: ['node', `/app/${name}/main.js`, `--instance=${number}`],
    programKey: `node /app/${name}/main.js`,
    unit: null,
    isContained: true,
  });
}

/** Names a process of a program. */
export interface ProcessName {
  readonly pid: number;
  readonly startTicks: number;
  readonly startedAt: string;
  readonly parentPid: number;
  readonly container: Container | null;
}

export function holderOf(program: Program, name: ProcessName): Holder {
  const { pid, startTicks, startedAt, parentPid, container } = name;
  return {
    pid,
    startedAt,
    startTicks,
    program: program.program,
    executable: program.executable,
    executableDeleted: false,
    commandLine: program.commandLine,
    parentPid,
    ancestors: parentPid > 1 ? [parentPid] : [],
    uid: program.uid,
    user: program.user,
    unit: program.unit,
    container,
    scope: container ? 'container' : 'system',
    state: 'S',
    fileDescriptors: { open: 24, limit: 1_024 },
    programKey: program.programKey,
    toldPorts: [],
  };
}
