/** The page for people: this machine's findings and listeners as HTML that needs no JavaScript; its script only keeps it fresh. */
import {
  type Exposure,
  type Finding,
  type FindingKind,
  type Listener,
  type Severity,
  type Snapshot,
} from '../contract.ts';
import { escaped } from './escaped.ts';
import { marksOf } from './finding-marks.ts';
import { findingHtml } from './findings-html.ts';
import { age, listenerCells } from './listener-cells.ts';
import { pageFrame } from './page-frame.ts';

/** The worst finding's sentence, else how many ports are open: that nothing was found does not prove all well. */
export function headline({ host, listeners, findings }: Snapshot): string {
  const [worst] = findings;
  if (worst !== undefined) return worst.sentence;
  const ports = new Set(
    listeners.map(({ networkNamespace, protocol, port }) => `${networkNamespace} ${protocol} ${port}`),
  );
  return ports.size === 1 ? `1 port is open on ${host.name}` : `${ports.size} ports are open on ${host.name}`;
}

const REACH: Readonly<Record<Exposure, string>> = {
  loopback: 'this machine only',
  private: 'private network',
  public: 'public address',
  any: 'every interface',
};

const cell = (label: string, content: string) =>
  content === '' || content === '-' ? '<td></td>' : `<td data-label="${label}">${content}</td>`;

interface Row {
  readonly listener: Listener;
  readonly marks: readonly FindingKind[];
}

const LABELS: Partial<Readonly<Record<FindingKind, string>>> = { 'stale-holder': 'stale holder' };

function tags({ listener, marks }: Row, findings: readonly Finding[]): string {
  const severityOf = (kind: FindingKind): Severity =>
    findings.find((finding) => marksOf(listener, [finding]).includes(kind))?.severity ?? 'notice';
  return marks.map((kind) => `<span class="tag ${severityOf(kind)}">${LABELS[kind] ?? kind}</span>`).join(' ');
}

function rowHtml(row: Row, findings: readonly Finding[], hasTags: boolean, now: Date): string {
  const { listener } = row;
  const cells = listenerCells(listener, findings, now);
  const reach = listener.exposure === 'any' || listener.exposure === 'public' ? 'exposed' : 'muted';
  const place = cells.namespace === '' ? '' : ` <span class="muted">${escaped(cells.namespace)}</span>`;
  return `<tr><td><b>${listener.port}</b> <span class="muted">${cells.protocol}</span></td>
<td><code>${escaped(cells.address)}</code> <span class="${reach}">${REACH[listener.exposure]}</span>${place}</td>
<td>${escaped(cells.program)} <code class="more">${escaped(cells.commandLine.slice(0, 300))}</code></td>
${cell('pid', escaped(cells.pid))}${cell('user', escaped(cells.user))}${cell('unit', escaped(cells.unit))}${cell('age', escaped(cells.age))}${cell('queue', escaped(cells.queue))}${hasTags ? cell('finding', tags(row, findings)) : ''}</tr>`;
}

/** Those with a finding first. */
function table({ listeners, findings }: Snapshot, now: Date): string {
  if (listeners.length === 0) return '<p>Nothing listens here.</p>';
  const rows = listeners.map((listener) => ({ listener, marks: marksOf(listener, findings) }));
  const marked = rows.filter(({ marks }) => marks.length > 0);
  const sorted = [...marked, ...rows.filter(({ marks }) => marks.length === 0)];
  const body = sorted.map((row) => rowHtml(row, findings, marked.length > 0, now)).join('\n');
  return `<table><thead><tr><th>Port</th><th>Address</th><th>Program</th><th>PID</th><th>User</th><th>Unit</th><th>Age</th><th>Accept queue</th>${marked.length > 0 ? '<th>Findings</th>' : ''}</tr></thead>
<tbody>${body}</tbody></table>`;
}

function facts({ host, agent, listeners }: Snapshot, now: Date): string {
  const booted = host.bootedAt === null ? [] : [`up ${age(host.bootedAt, now)}`];
  const parts = [
    host.name,
    `${listeners.length} listening`,
    host.os ?? 'Linux',
    `kernel ${host.kernelVersion ?? 'unknown'}`,
    ...booted,
  ];
  return [...parts, `agent ${agent.version} watching for ${age(agent.startedAt, now)}`].map(escaped).join(' · ');
}

/** What is wrong stands out: the part before the colon, else all of it. */
function sentenceHtml({ sentence, severity }: Finding): string {
  const end = sentence.includes(': ') ? sentence.indexOf(': ') + 1 : sentence.length;
  return `<span class="${severity}">${escaped(sentence.slice(0, end))}</span>${escaped(sentence.slice(end))}`;
}

/** @param heading the sentence of a finding, or what is listed */
export function portsPage(snapshot: Snapshot, heading: string, now: Date): string {
  const { findings, coverage, takenAt } = snapshot;
  const notes = coverage.notes.map((note) => `<li>${escaped(note)}</li>`).join('');
  const told = findings.find(({ sentence }) => sentence === heading);
  const sections = findings.map((finding) => findingHtml(finding, finding === told)).join('\n');
  return pageFrame(
    heading,
    `<h1>${told === undefined ? escaped(heading) : sentenceHtml(told)}</h1>
${told === undefined || told.why === '' ? '' : `<p>${escaped(told.why)}</p>`}
<p>${facts(snapshot, now)}<br><span id="state">This machine only.</span> Read at <time datetime="${takenAt}">${takenAt.replace('T', ' ').slice(0, 19)} UTC</time>.<noscript> Reload the page to look again.</noscript></p>
${sections}
${notes === '' ? '' : `<ul>${notes}</ul>`}
${table(snapshot, now)}`,
  );
}
