/** A web server that was replaced while it stayed: what the tests of drift begin with. */
import type { Expectation, Finding } from '../src/contract.ts';
import type { Actor, Day } from './day.ts';

export const HOUR = 3600;
export const OLD: Actor = { pid: 100, from: 0, ports: [3000] };
export const NEW: Actor = { pid: 200, from: HOUR, ports: [3001] };
export const declared = (changes: Partial<Expectation> = {}): Expectation => ({
  name: 'web',
  places: [{ address: '127.0.0.1', port: 3000 }],
  unit: null,
  exe: null,
  user: null,
  ...changes,
});
export const told = (...toldPorts: number[]) => ({ toldPorts });
export const java = { program: 'java', programKey: 'java /srv/other.jar' };
export const service = (unit: string) => ({ unit, scope: 'system' as const });

/** `drift 3000→3001 ignored-sigterm`, the worst first. */
export function said(findings: readonly Finding[]): readonly string[] {
  return findings.map((finding) => {
    const to = finding.kind === 'drift' ? `→${finding.details.current.map(({ port }) => port).join()}` : '';
    const causes = finding.causes.map(({ kind, cause, pid }) =>
      [cause ?? kind, ...(pid === null ? [] : [pid])].join(' '),
    );
    return [`${finding.kind} ${finding.port}${to}`, ...causes].join(' ');
  });
}

export const soon = (actors: readonly Actor[]): Day => ({
  actors,
  until: Math.max(...actors.map(({ from }) => from)) + 2,
});
