import type { Snapshot } from '@portlight/agent/contract';
import type { Hosts } from '../hosts/hosts.ts';
import type { Network } from '../net/addresses.ts';
import { Refusal } from '../refusal.ts';
import type { Machine } from '../store/store.ts';
import { liveSnapshot } from '../validation/snapshot-rules.ts';
import { getPorts } from './get-ports.ts';
import { liveTarget } from './live-target.ts';

/** Asks a machine's agent now, whatever is stored. */
export class Live {
  constructor(
    private readonly hosts: Hosts,
    private readonly networks: readonly Network[],
  ) {}

  /** The agent's own answer. */
  async ports(nameOrId: string): Promise<Snapshot> {
    const machine = await this.hosts.machine(nameOrId);
    const { host } = machine;
    const target = await liveTarget(host.agent.endpoint, { pushAddress: host.pushAddress, networks: this.networks });
    if (target.kind === 'refused') throw unreachable(machine, target.reason);
    const reply = await getPorts(target.url, target.address, host.liveToken);
    if (reply.kind === 'unreachable') throw unreachable(machine, reply.reason);
    if (reply.kind === 'too-large') throw badReply('more than 16 MiB');
    if (reply.status !== 200) throw badReply(`status ${reply.status}`);
    return sameMachine(parseSnapshot(reply.body), machine);
  }
}

/** Whatever answers there is not trusted to be an agent. */
function parseSnapshot(body: Buffer): Snapshot {
  const snapshot = parseJson(body);
  const [fault] = liveSnapshot(snapshot) ?? [];
  if (fault) throw badReply(`no snapshot: $${fault.path}: ${fault.message}`);
  return snapshot as Snapshot;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw badReply('no JSON', cause);
  }
}

function sameMachine(snapshot: Snapshot, { host: { host } }: Machine): Snapshot {
  if (snapshot.host.id !== host.id) throw badReply('another machine: its host id differs');
  if (snapshot.host.bootId !== host.bootId) throw badReply('another boot of the machine; its next push tells of it');
  return snapshot;
}

function badReply(what: string, cause?: unknown): Refusal {
  return new Refusal(502, 'bad-agent-answer', `what answers at the agent's address sent ${what}`, {
    hint: 'check --advertise of that agent; what is stored is at /api/v1/hosts/:host',
    cause,
  });
}

function unreachable({ host }: Machine, reason: string): Refusal {
  return new Refusal(504, 'agent-unreachable', `the agent of ${host.host.name} cannot be asked: ${reason}`, {
    hint: `what is stored is of ${host.takenAt}: GET /api/v1/hosts/${encodeURIComponent(host.host.id)}`,
    headers: { 'X-Portlight-Source': 'stored' },
  });
}
