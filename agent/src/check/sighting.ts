import { type Finding, type Snapshot } from '../contract.ts';
import { type TcpRow } from '../proc/net-tcp-rows.ts';
import { type Reference } from './newer-than.ts';

/** Everything a verdict rests on. */
export interface Sighting {
  /** This command's own look; its findings with the history of a running agent where there is a trusted one. */
  readonly snapshot: Snapshot;
  /** The host's tables of TCP sockets could be read: what is not in them does not listen. */
  readonly areTablesRead: boolean;
  /** What holders must be newer than; null: nothing. */
  readonly reference: Reference | null;
  /** Sockets that use a port without listening, by the port; only of those asked to be free. */
  readonly rows: ReadonlyMap<number, readonly TcpRow[]>;
}

/** Findings of the host that are trouble. */
export function troublesIn({ findings, listeners }: Snapshot): readonly Finding[] {
  const host = listeners.find(({ isHostNamespace }) => isHostNamespace)?.networkNamespace;
  return findings.filter(
    ({ severity, networkNamespace, protocol }) =>
      severity !== 'notice' && protocol === 'tcp' && (host === undefined || networkNamespace === host),
  );
}

/** Why nothing can be said of ports, with the remedy. */
export function blindness({ snapshot }: Sighting): readonly string[] {
  const { notes } = snapshot.coverage;
  return notes.length > 0 ? notes : ['The tables of TCP sockets (/proc/net/tcp) could not be read. Run it as root.'];
}
