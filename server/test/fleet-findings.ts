import type { Finding, FullPush } from '@portlight/agent/contract';
import type { FindingGroupView, Page } from '../src/views.ts';
import { drift, full, ladder, snapshot, troubled } from './bodies.ts';
import { json, type TrialServer } from './trial-server.ts';

/** That minute of the hour in which web-01 drifts. */
export const minute = (count: number): string => new Date(Date.UTC(2026, 10, 23, 15, count)).toISOString();

export function list(server: TrialServer, query = ''): Promise<Page<FindingGroupView>> {
  return json<Page<FindingGroupView>>(server.get(`/api/v1/findings${query}`));
}

/** A full push of web-01. */
export function withFindings(findings: readonly Finding[]): FullPush {
  return full({ snapshot: snapshot({ findings }) });
}

/** Two drifts and a ladder on five machines of three groups; they climb on others than drift. */
export async function pushFleet(server: TrialServer): Promise<void> {
  const drifts = [
    ['machine-0001', 'web-01', 5, 3001],
    ['machine-0002', 'web-02', 3, 3002],
    ['machine-0003', 'db-01', 4, 3001],
  ] as const;
  for (const [id, name, since, port] of drifts) {
    const details = { ...drift().details, current: [{ address: '127.0.0.1', port }] };
    await server.push(troubled(id, name, [drift({ id: digits(id), since: minute(since), details, title: name })]));
  }
  await server.push(troubled('machine-0004', 'cache-01', [ladder({ since: minute(9) })]));
  await server.push(troubled('machine-0005', 'web-03', []));
}

function digits(id: string): string {
  return id.replace(/\D/g, '').padStart(16, '0');
}
