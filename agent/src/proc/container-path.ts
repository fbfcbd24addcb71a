import { type Container } from '../contract.ts';
import { printable } from './printable.ts';

/** A container named by a control group's path. */
export interface FoundContainer {
  readonly container: Container;
  /** Index of the first of the path's segments that belongs to a container: what follows is the container's own. */
  readonly segment: number;
}

/** How runtimes name the group of a container; the first group is its id. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^docker-([0-9a-f]{64})\.scope$/, 'docker'],
  [/^libpod-([0-9a-f]{64})(?:\.scope)?$/, 'podman'],
  [/^crio-([0-9a-f]{64})(?:\.scope)?$/, 'crio'],
  [/^cri-containerd-([0-9a-f]{64})(?:\.scope)?$/, 'containerd'],
  [/^nerdctl-([0-9a-f]{64})\.scope$/, 'containerd'],
  [/:cri-containerd:([0-9a-f]{64})$/, 'containerd'],
  [/^lxc\.payload\.(.+)$/, 'lxc'],
];
/** Without a runtime's name: docker's own group, or below any other that docker was told to use as parent. */
const BARE_ID = /^[0-9a-f]{64}$/;
const POD = /(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice.*)?$/;

/** Containers may hold containers: the innermost is the one. null when the path names none. */
export function findContainer(path: string): FoundContainer | null {
  const segments = path.split('/').filter((segment) => segment !== '');
  const named = segments.map((segment, at) => nameOf(segment, segments.slice(0, at)));
  const innermost = named.findLast((name) => name !== null) ?? null;
  if (innermost === null) return null;
  return { container: { ...innermost, pod: podOf(segments) }, segment: named.findIndex((name) => name !== null) };
}

function nameOf(segment: string, above: readonly string[]): Omit<Container, 'pod'> | null {
  for (const [pattern, runtime] of NAMES) {
    const id = pattern.exec(segment)?.[1];
    if (id !== undefined) return { id: printable(id, 256), runtime };
  }
  if (/^lxc(?:\.payload)?$/.test(above.at(-1) ?? '')) return { id: printable(segment, 256), runtime: 'lxc' };
  if (!BARE_ID.test(segment)) return null;
  return { id: segment, runtime: above.some((name) => name.startsWith('kubepods')) ? 'kubernetes' : 'docker' };
}

/** systemd's driver writes the dashes of a uid as underscores. Static pods have a hash without any. */
function podOf(segments: readonly string[]): string | null {
  const uid = segments.map((segment) => POD.exec(segment)?.[1]).findLast((found) => found !== undefined);
  return uid?.replaceAll('_', '-') ?? null;
}
