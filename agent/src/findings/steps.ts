/** What to type. Built from integers and validated unit names only, so that it is safe to paste. FINDINGS.md, “Steps are safe”. */
import { type Holder, type Step } from '../contract.ts';
import { type LeftBehind } from './left-behind.ts';
import { serviceUnitOf } from './programs.ts';

const UNIT = /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]*$/;
/** Units that run programs of many kinds: stopping one of them stops more than is meant. */
const MANAGERS =
  /^(?:pm2|supervisor|supervisord|circus|circusd|cron|crond|atd|docker|containerd|podman|crio|ssh|sshd|runit|runsvdir|monit|nomad|kubelet|actions\.runner)(?:[-@.]|$)/;

export function isManagersUnit(unit: string): boolean {
  return MANAGERS.test(unit);
}

/** The unit that starts and stops this process and nothing else, quoted; null when there is none. */
export function stoppableUnit(holder: Holder, others: readonly Holder[]): string | null {
  const unit = serviceUnitOf(holder);
  if (unit === null || !UNIT.test(unit) || isManagersUnit(unit)) return null;
  const isShared = others.some((other) => other.programKey !== holder.programKey && serviceUnitOf(other) === unit);
  return isShared ? null : `'${unit}'`;
}

/** The unit of a service that is gone, quoted; null where it cannot stand in a command, or runs other things, too. */
export function quoted(unit: string | null): string | null {
  return unit === null || !UNIT.test(unit) || isManagersUnit(unit) ? null : `'${unit}'`;
}

/** Where a command has to run to see the socket. */
export interface Seat {
  /** Of a process in the network namespace; null in the host's. */
  readonly namespacePid: number | null;
}

function ss(options: string, ports: readonly number[], { namespacePid }: Seat): string {
  const inside = namespacePid === null ? '' : `nsenter -n -t ${integer(namespacePid)} `;
  const filter = [...new Set(ports)].map((port) => `sport = :${integer(port)}`).join(' or ');
  return `sudo ${inside}ss ${options} '${filter}'`;
}

/** A number that comes from parsed text is made sure of before it enters a command. */
export function integer(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`no integer: ${value}`);
  return value;
}

export function lookAt(ports: readonly number[], seat: Seat, expect: string): Step {
  return { title: 'See who listens', command: ss('-Hltnp', ports, seat), expect };
}

/** How many sockets a process listens on. */
export function countPorts(pid: number, { namespacePid }: Seat): Step {
  const inside = namespacePid === null ? '' : `nsenter -n -t ${integer(namespacePid)} `;
  return {
    title: 'Count its ports',
    command: `sudo ${inside}ss -Hltnp | grep -c 'pid=${integer(pid)},'`,
    expect: 'A number; more a few minutes later while it goes on',
  };
}

/** Sockets that use the port without listening on it. */
export function lookForUsers(port: number, seat: Seat): Step {
  return {
    title: `See what uses port ${port} without listening`,
    command: ss('-Htanp', [port], seat),
    expect: 'A connection with that local port; no line if the socket is only bound',
  };
}

export function describe(pids: readonly number[]): Step {
  return {
    title: pids.length === 1 ? 'See what it is' : 'Check that these are the left-behind processes',
    command: `ps -o pid,ppid,user,lstart,args -p ${pids.map(integer).join(',')}`,
    expect: pids.length === 1 ? 'One line' : `${pids.length} lines of the same program`,
  };
}

/** Connections that wait to be accepted. */
export function lookAtQueue(port: number, seat: Seat): Step {
  return {
    title: 'See how many wait to be accepted',
    command: ss('-ltn', [port], seat),
    expect: 'Recv-Q above 0, and not less a few seconds later',
  };
}

export function lookAtExecutable(pid: number): Step {
  return {
    title: 'See which file it runs',
    command: `sudo ls -l /proc/${integer(pid)}/exe`,
    expect: 'A path with (deleted) behind it',
  };
}

export function whereItWaits(pid: number): Step {
  return {
    title: 'See what it waits for',
    command: `sudo cat /proc/${integer(pid)}/wchan`,
    expect: 'The function of the kernel in which it waits; 0 while it computes',
  };
}

export function stop(unit: string): Step {
  return { title: 'Stop the service', command: `sudo systemctl stop -- ${unit}`, changes: true };
}

/** Ends processes that still hold their port when the command runs, and nothing else. */
export function end(title: string, holders: readonly Pick<LeftBehind, 'holder' | 'listener'>[], seat: Seat): Step {
  const pairs = holders.map(({ holder, listener }) => [integer(listener.port), integer(holder.pid)] as const);
  const [only] = pairs;
  const isOne = pairs.length === 1 && only !== undefined;
  return {
    title,
    command: isOne ? checkedKill(only[0], only[1], seat) : checkedKills(pairs, seat),
    expect: 'No output. Whatever still listens after 10 s: the same with -KILL instead of -TERM',
    changes: true,
  };
}

/** Its own namespace is entered by the process itself: no other is sure to be there still. */
function checkedKill(port: number, pid: number, { namespacePid }: Seat, signal: 'TERM' | 'CONT' = 'TERM'): string {
  const held = ss('-Hltnp', [port], { namespacePid: namespacePid === null ? null : pid });
  return `${held} | grep -q 'pid=${pid},' && sudo kill -${signal} ${pid}`;
}

/** What was stopped by a signal goes on, if it still holds the port. */
export function goOn({ holder: { pid }, listener }: Pick<LeftBehind, 'holder' | 'listener'>, seat: Seat): Step {
  return {
    title: 'Let it go on, if nobody stopped it on purpose',
    command: checkedKill(integer(listener.port), integer(pid), seat, 'CONT'),
    expect: 'No output; Recv-Q falls to 0',
    changes: true,
  };
}

function checkedKills(pairs: readonly (readonly [port: number, pid: number])[], { namespacePid }: Seat): string {
  const inside = namespacePid === null ? '' : 'nsenter -n -t "${one#*:}" ';
  const list = pairs.map(([port, pid]) => `${port}:${pid}`).join(' ');
  const isHeld = `sudo ${inside}ss -Hltnp "sport = :\${one%:*}" | grep -q "pid=\${one#*:},"`;
  return `for one in ${list}; do ${isHeld} && sudo kill -TERM "\${one#*:}"; done`;
}

/** Who listens in the end, when whoever gave the way into the namespace may be gone. */
function shown(port: number, { namespacePid }: Seat): string {
  return namespacePid === null
    ? ss('-Hltnp', [port], { namespacePid })
    : `sudo portlight ports --port ${integer(port)}`;
}

export function start(unit: string, port: number, seat: Seat): Step {
  return {
    title: 'Start it again and confirm the port',
    command: `sudo systemctl start -- ${unit}; sleep 5; ${shown(port, seat)}`,
    expect: `One line, on port ${port}`,
    changes: true,
  };
}

export function restart(unit: string, port: number, seat: Seat): Step {
  return {
    title: 'Restart the service and confirm the port',
    command: `sudo systemctl restart -- ${unit}; sleep 5; ${shown(port, seat)}`,
    expect: `One line, on port ${port}`,
    changes: true,
  };
}

/** After its configuration was changed. */
export function restartBound(unit: string, port: number, seat: Seat): Step {
  return { ...restart(unit, port, seat), title: 'Set the bind address in its configuration, then restart it' };
}

export function lookAtFirewall(port: number): Step {
  const number = integer(port);
  return {
    title: 'See whether a firewall speaks of the port',
    command: `{ sudo nft list ruleset; sudo iptables-save; } 2>/dev/null | grep -w ${number}`,
    expect: 'A rule that drops or rejects it; no line: no rule names the port',
  };
}

/** What the service manager says of it. */
export function status(unit: string): Step {
  return { title: 'See what its service says', command: `systemctl status --no-pager -- ${unit}` };
}

export function journal(unit: string): Step {
  return { title: 'Read its last lines', command: `journalctl --no-pager -n 50 -u ${unit}` };
}

export function findOut(unit: string): Step {
  return {
    title: 'Find out why a restart leaves processes behind',
    command: `systemctl show -p KillMode -p TimeoutStopUSec -p Restart -- ${unit}`,
    expect: 'KillMode=process or none would explain it',
  };
}

export function confirm(port: number, seat: Seat): Step {
  return {
    title: 'Start it the way it is usually started, then confirm the port',
    command: shown(port, seat),
    expect: `One line, on port ${port}`,
  };
}
