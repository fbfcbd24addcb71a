import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** net/ipv4/ip_local_port_range: `32768\t60999`. */
export function parsePortRange(text: string): readonly [number, number] | null {
  const [first, last] = text.trim().split(/\s+/).map(parseCount);
  return typeof first === 'number' && typeof last === 'number' ? [first, last] : null;
}

/** net/ipv4/ip_local_reserved_ports: `8080,9000-9100`, or nothing. */
export function parseReservedPorts(text: string): readonly string[] {
  return text
    .trim()
    .split(',')
    .filter((range) => /^\d{1,5}(?:-\d{1,5})?$/.test(range));
}

/** sys/net shows the network namespace of whoever reads it. */
export function readPortRange(root: ProcRoot): readonly [number, number] | null {
  const text = readText(root, 'sys/net/ipv4/ip_local_port_range');
  return text === null ? null : parsePortRange(text);
}

export function readReservedPorts(root: ProcRoot): readonly string[] {
  return parseReservedPorts(readText(root, 'sys/net/ipv4/ip_local_reserved_ports') ?? '');
}

/** The ceiling of every backlog: 128 before Linux 5.4, 4096 since. */
export function readSomaxconn(root: ProcRoot): number | null {
  return parseCount(readText(root, 'sys/net/core/somaxconn'));
}
