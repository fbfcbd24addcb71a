/** The page for people: this machine's listeners as HTML that needs no JavaScript; its script only keeps it fresh. */
import { createHash } from 'node:crypto';
import type { Exposure, Listener, Snapshot } from '../contract.ts';
import { printable } from '../proc/printable.ts';
import { age, listenerCells } from './listener-cells.ts';

const STYLE = `
:root{color-scheme:light dark;--bg:#f5f6f8;--surface:#fff;--line:#dfe3e8;--text:#14181d;--text-2:#454e59;--text-3:#5a6470;--exposed:#8c3468}
@media (prefers-color-scheme:dark){:root{--bg:#0c0f13;--surface:#14181e;--line:#242a33;--text:#e8ebf0;--text-2:#b3bbc6;--text-3:#929ca9;--exposed:#e6a0c8}}
*{box-sizing:border-box}
body{margin:0;padding:20px 24px 40px;background:var(--bg);color:var(--text);font:13px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,sans-serif;font-variant-numeric:tabular-nums}
h1{margin:0;font-size:24px;line-height:31px;font-weight:650;overflow-wrap:anywhere}
p{margin:4px 0 16px;color:var(--text-2);overflow-wrap:anywhere}
ul{margin:0 0 16px;padding-left:18px;color:var(--text-2)}
table{width:100%;border-collapse:collapse;background:var(--surface);border:1px solid var(--line);border-radius:8px}
th{text-align:left;font-size:12px;color:var(--text-3);font-weight:600;padding:8px 12px;border-bottom:1px solid var(--line);white-space:nowrap}
td{padding:7px 12px;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
td:nth-child(3){white-space:normal;overflow-wrap:anywhere}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}
td code.more{color:var(--text-3)}
.exposed{color:var(--exposed);white-space:nowrap}
.muted{color:var(--text-3)}
@media (max-width:760px){body{padding:16px}thead{position:absolute;clip-path:inset(50%)}tr{display:block;padding:8px 4px;border-bottom:1px solid var(--line)}td{display:block;border:0;padding:2px 8px;white-space:normal;overflow-wrap:anywhere}td:empty{display:none}td[data-label]::before{content:attr(data-label) " ";color:var(--text-3)}}
`;

const SCRIPT = `
setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
    if (fresh) document.querySelector('main').replaceWith(fresh);
  } catch {
    document.querySelector('#state').textContent = 'The agent does not answer; this was read at the time below.';
  }
}, 2000);
`;

const sourceHash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but its own style, its own script and requests to its own origin. */
export const PAGE_POLICY =
  `default-src 'none'; style-src ${sourceHash(STYLE)}; script-src ${sourceHash(SCRIPT)}; connect-src 'self'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const html = (text: string) => printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const REACH: Readonly<Record<Exposure, string>> = {
  loopback: 'this machine only',
  private: 'private network',
  public: 'public address',
  any: 'every interface',
};

const cell = (label: string, content: string) =>
  content === '' || content === '-' ? '<td></td>' : `<td data-label="${label}">${content}</td>`;

function row(listener: Listener, now: Date): string {
  const {
    protocol,
    address,
    pid,
    program,
    user,
    unit,
    queue,
    age: running,
    commandLine,
    namespace,
  } = listenerCells(listener, now);
  const reach = listener.exposure === 'any' || listener.exposure === 'public' ? 'exposed' : 'muted';
  const place = namespace === '' ? '' : ` <span class="muted">${html(namespace)}</span>`;
  return `<tr><td><b>${listener.port}</b> <span class="muted">${protocol}</span></td>
<td><code>${html(address)}</code> <span class="${reach}">${REACH[listener.exposure]}</span>${place}</td>
<td>${html(program)} <code class="more">${html(commandLine.slice(0, 300))}</code></td>
${cell('pid', html(pid))}${cell('user', html(user))}${cell('unit', html(unit))}${cell('age', html(running))}${cell('queue', html(queue))}</tr>`;
}

function table(snapshot: Snapshot, now: Date): string {
  if (snapshot.listeners.length === 0) return '<p>Nothing listens here.</p>';
  const rows = snapshot.listeners.map((listener) => row(listener, now)).join('\n');
  return `<table><thead><tr><th>Port</th><th>Address</th><th>Program</th><th>PID</th><th>User</th><th>Unit</th><th>Age</th><th>Accept queue</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

function facts({ host, agent, listeners }: Snapshot, now: Date): string {
  const booted = host.bootedAt === null ? [] : [`up ${age(host.bootedAt, now)}`];
  const parts = [
    `${listeners.length} listening`,
    host.os ?? 'Linux',
    `kernel ${host.kernelVersion ?? 'unknown'}`,
    ...booted,
  ];
  return [...parts, `agent ${agent.version} watching for ${age(agent.startedAt, now)}`].map(html).join(' · ');
}

/** One self-contained document; `heading` names what is listed. */
export function portsPage(snapshot: Snapshot, heading: string, now: Date): string {
  const notes = snapshot.coverage.notes.map((note) => `<li>${html(note)}</li>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${html(heading)} · Portlight</title><style>${STYLE}</style></head>
<body><main><h1>${html(heading)}</h1>
<p>${facts(snapshot, now)}<br><span id="state">This machine only.</span> Read at <time datetime="${snapshot.takenAt}">${snapshot.takenAt.replace('T', ' ').slice(0, 19)} UTC</time>.<noscript> Reload the page to look again.</noscript></p>
${notes === '' ? '' : `<ul>${notes}</ul>`}
${table(snapshot, now)}</main><script>${SCRIPT}</script></body></html>
`;
}
