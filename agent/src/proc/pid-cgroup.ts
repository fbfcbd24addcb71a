import { type Container, type Scope } from '../contract.ts';
import { findContainer, type FoundContainer } from './container-path.ts';
import { printable } from './printable.ts';
import { type ProcRoot } from './proc-root.ts';
import { readText } from './text.ts';

/** Who started a process, as far as its control groups tell. */
export interface ControlGroup {
  /** systemd unit, unescaped; the user's own one where scope is `user`. */
  readonly unit: string | null;
  readonly container: Container | null;
  readonly scope: Scope;
}

interface Line {
  /** Empty for cgroup v2, `name=systemd` for the hierarchy that systemd keeps. */
  readonly controllers: string;
  readonly path: string;
}

/** cgroups(7): `hierarchy:controllers:path` a line, one line for v2, several for v1. */
export function parsePidCgroup(text: string): ControlGroup {
  const lines = text.split('\n').flatMap(parseLine);
  const own = unitPath(lines);
  const found = findContainer(own) ?? firstContainer(lines);
  const outside = segmentsOf(own).slice(0, findContainer(own)?.segment);
  return {
    unit: unitOf(outside),
    container: found?.container ?? null,
    scope: found === null ? scopeOf(outside) : 'container',
  };
}

function parseLine(line: string): Line[] {
  const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
  return controllers === undefined || path === undefined ? [] : [{ controllers, path }];
}

/** systemd's own hierarchy names the unit; others leave processes in groups above it. On v2, and where it says nothing, `0::`. */
function unitPath(lines: readonly Line[]): string {
  const named = lines.find(({ controllers }) => controllers === 'name=systemd')?.path ?? '/';
  return named === '/' ? (lines.find(({ controllers }) => controllers === '')?.path ?? '/') : named;
}

/** A container may be made in the controllers' hierarchies only. */
function firstContainer(lines: readonly Line[]): FoundContainer | null {
  return lines.map(({ path }) => findContainer(path)).find((found) => found !== null) ?? null;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

const USER_MANAGER = /^user@\d+\.service$/;

/** What is below a user's manager is that user's; the manager itself is no service anybody wrote. */
function unitOf(segments: readonly string[]): string | null {
  const below = segments.slice(segments.findLastIndex((segment) => USER_MANAGER.test(segment)) + 1);
  const unit = below.findLast((segment) => segment.endsWith('.service'));
  return unit === undefined ? null : printable(unescapeUnit(unit), 256);
}

/** systemd.unit(5): any byte may be written as `\x2d`. */
function unescapeUnit(unit: string): string {
  return unit.replace(/(?:\\x[0-9a-f]{2})+/g, (escaped) =>
    Buffer.from(escaped.replaceAll('\\x', ''), 'hex').toString(),
  );
}

function scopeOf(segments: readonly string[]): Scope {
  if (segments.some((segment) => USER_MANAGER.test(segment))) return 'user';
  if (segments.some((segment) => /^session-.+\.scope$/.test(segment))) return 'session';
  return segments[0] === 'user.slice' ? 'user' : 'system';
}

const UNKNOWN: ControlGroup = { unit: null, container: null, scope: 'system' };

export function readPidCgroup(root: ProcRoot, process: string): ControlGroup {
  const text = readText(root, `${process}/cgroup`);
  return text === null ? UNKNOWN : parsePidCgroup(text);
}
