import { expectedVerdict } from '../check/expected.ts';
import { freeVerdict } from '../check/free.ts';
import { createReferenceReader } from '../check/reference.ts';
import { type Sighting } from '../check/sighting.ts';
import { type Verdict } from '../check/verdict.ts';
import { agentAddress, type CheckConfig, type Environment } from '../config.ts';
import { runningAgent } from '../local/running-agent.ts';
import { openProcRoot, type ProcRoot } from '../proc/proc-root.ts';
import { findNamespaces } from '../scan/namespaces.ts';
import { portUsers, readPortRows } from '../scan/port-rows.ts';
import { createOwnScan } from './own-scan.ts';
import { withFindings } from './with-findings.ts';

/** Looks at the machine and answers everything that was asked, each time anew. */
export function createCheckLook(config: CheckConfig, env: Environment): () => Promise<readonly Verdict[]> {
  const { procRoot, expect, free, newerThan } = config;
  const root = openProcRoot(procRoot);
  const usersOf = portUsers(root);
  const reference = createReferenceReader(root, newerThan);
  const scan = createOwnScan(config);
  const trust = { address: agentAddress(env), ownUid: process.geteuid?.() ?? null, now: () => new Date() };
  return async () => {
    const own = scan();
    const snapshot = withFindings(own, await runningAgent(own, trust), { expectations: expect, usersOf });
    const tables = hostTables(root);
    const sighting: Sighting = {
      snapshot,
      areTablesRead: areReadable(root, tables),
      reference: reference(),
      rows: new Map(free.map(({ port }) => [port, readPortRows(root, tables, port)])),
    };
    return [
      ...expect.map((expectation) => expectedVerdict(expectation, sighting)),
      ...free.map((place) => freeVerdict(place, sighting)),
    ];
  };
}

/** The folder of the host's tables, as `1/net`. */
function hostTables(root: ProcRoot): string {
  return findNamespaces(root, []).all[0]?.folders[0] ?? 'self/net';
}

/** A machine without IPv6 has no table of it. */
function areReadable(root: ProcRoot, tables: string): boolean {
  const [ipv4, ipv6] = ['tcp', 'tcp6'].map((name) => root.bytes(`${tables}/${name}`, 1).kind);
  return ipv4 === 'bytes' && (ipv6 === 'bytes' || ipv6 === 'gone');
}
