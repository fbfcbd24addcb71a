import { setImmediate as otherWork } from 'node:timers/promises';
import { SEVERITIES, type Finding, type Snapshot } from '@portlight/agent/contract';
import { judgeAsLasting, type RememberedHome } from '@portlight/agent/judgement';
import { compareText } from '../compare-text.ts';
import { storedSnapshot } from '../hosts/stored-snapshot.ts';
import type { JudgedMachine } from '../store/finding-store.ts';
import type { HostQuery, SeenHost, StoreReader } from '../store/store.ts';
import type { ExpectationsPreview, Severity } from '../views.ts';
import { handedTo, type Book } from './expectation-book.ts';
import { isFor } from './selected.ts';

/** Machines judged in one call: each takes a few milliseconds. */
const CHECKED_AT_MOST = 1_000;
const GROUPS_AT_MOST = 50;
const HOSTS_AT_MOST = 50;

/** Two sets of expectations to compare. */
export interface Compared {
  readonly current: Book;
  readonly proposed: Book;
}

/** A machine for which at least one of them says something about services. */
interface Concerned {
  readonly id: string;
  readonly name: string;
  /** When it was heard of last, server's clock; 0: never. */
  readonly seenAt: number;
}

type Counted = Omit<ExpectationsPreview, 'serverNow' | 'asOf'>;

export async function previewOf(reader: StoreReader, compared: Compared): Promise<Counted> {
  const { concerned, counts } = await survey(reader, compared);
  const [opens, closes] = [new Tally(), new Tally()];
  const checked = concerned.slice(0, CHECKED_AT_MOST);
  for (const { id, name } of checked) {
    const differing = await judgeTwice(reader, id, compared);
    for (const finding of differing.opens) opens.add(finding, name);
    for (const finding of differing.closes) closes.add(finding, name);
    await otherWork();
  }
  const opening = opens.groups();
  return {
    services: compared.proposed.services.map(({ declaration: { name } }) => ({
      name,
      machines: counts.get(name) ?? 0,
    })),
    opens: opening.slice(0, GROUPS_AT_MOST),
    opensOmitted: Math.max(0, opening.length - GROUPS_AT_MOST),
    closes: closes
      .groups()
      .slice(0, GROUPS_AT_MOST)
      .map(({ kind, title, machines }) => ({ kind, title, machines })),
    checked: checked.length,
    machines: concerned.length,
  };
}

interface Survey {
  /** Heard of last first. */
  readonly concerned: readonly Concerned[];
  /** Machines of each proposed service, by its name. */
  readonly counts: ReadonlyMap<string, number>;
}

async function survey(reader: StoreReader, { current, proposed }: Compared): Promise<Survey> {
  const concerned: Concerned[] = [];
  const counts = new Map<string, number>();
  for await (const { host, seen } of allHosts(reader)) {
    const meant = proposed.services.filter(({ declaration }) => isFor(declaration, host.host));
    for (const { declaration } of meant) counts.set(declaration.name, (counts.get(declaration.name) ?? 0) + 1);
    const wasMeant = current.services.some(({ declaration }) => isFor(declaration, host.host));
    if (meant.length > 0 || wasMeant) concerned.push({ id: host.host.id, name: host.host.name, seenAt: seen?.at ?? 0 });
  }
  return { concerned: concerned.toSorted((a, b) => b.seenAt - a.seenAt), counts };
}

/** By name: signs of life that come between two pages move no machine past them. */
async function* allHosts(reader: StoreReader): AsyncGenerator<SeenHost> {
  const query: HostQuery = { filters: [], sort: 'name', isDescending: false, after: null, limit: 200 };
  let page = await reader.hosts(query);
  while (page.length > 0) {
    yield* page;
    const last = page.at(-1);
    if (page.length < query.limit || !last) return;
    await otherWork();
    page = await reader.hosts({ ...query, after: { value: last.host.host.name, id: last.host.host.id } });
  }
}

interface Differing {
  readonly opens: readonly Finding[];
  readonly closes: readonly Finding[];
}

/** By the agent's own judgement of the machine as it is stored, with what its open findings tell of its past. */
async function judgeTwice(reader: StoreReader, hostId: string, { current, proposed }: Compared): Promise<Differing> {
  const machine = await reader.machine(hostId);
  if (!machine) return { opens: [], closes: [] };
  const snapshot = storedSnapshot(machine, null);
  const programKeys = new Set([...machine.processes.values()].map(({ programKey }) => programKey));
  const remembered = machine.findings.flatMap((finding) => rememberedBy(finding, machine));
  const judged = (book: Book): readonly Finding[] => {
    const { services, homes } = handedTo(book, { host: machine.host.host, programKeys });
    return judgeAsLasting(withoutVerdict(snapshot), { services, homes }, remembered);
  };
  const [before, after] = [judged(current), judged(proposed)];
  const [isOpen, was, willBe] = [idsOf(machine.findings), idsOf(before), idsOf(after)];
  return {
    opens: after.filter(({ id }) => !was.has(id) && !isOpen.has(id)),
    closes: machine.findings.filter(({ id }) => was.has(id) && !willBe.has(id)),
  };
}

function idsOf(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.map(({ id }) => id));
}

/** A home that was learned on the machine is known here only by the findings about it. */
function rememberedBy({ details, ...finding }: Finding, { host }: JudgedMachine): readonly RememberedHome[] {
  const { programKey, program, unit, since: until, networkNamespace } = finding;
  if (!('home' in details) || details.home.source !== 'here' || networkNamespace !== host.hostNamespace) return [];
  const { address, port } = details.home;
  return [{ programKey, program, unit, until, address, port }];
}

/** What was found of it must not speak for itself. */
function withoutVerdict(snapshot: Snapshot): Snapshot {
  return { ...snapshot, findings: [] };
}

interface Group {
  readonly kind: Finding['kind'];
  readonly severity: Severity;
  readonly title: string;
  readonly machines: number;
  readonly hosts: readonly string[];
}

/** Findings by the group they are of. */
class Tally {
  private readonly byGroup = new Map<string, Group>();

  add({ groupId, kind, severity, title }: Finding, hostName: string): void {
    const known = this.byGroup.get(groupId) ?? { kind, severity, title, machines: 0, hosts: [] };
    const hosts = known.hosts.length < HOSTS_AT_MOST ? [...known.hosts, hostName] : known.hosts;
    this.byGroup.set(groupId, {
      ...known,
      severity: worse(known.severity, severity),
      machines: known.machines + 1,
      hosts,
    });
  }

  /** Worst first, then on most machines. */
  groups(): readonly Group[] {
    return [...this.byGroup.values()].toSorted(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        b.machines - a.machines ||
        compareText(a.title, b.title),
    );
  }
}

function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}
