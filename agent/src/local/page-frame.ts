/** What the page looks like and how it stays fresh; everything in one document, nothing from elsewhere. */
import { createHash } from 'node:crypto';
import { escaped } from './escaped.ts';

const STYLE = `
:root{color-scheme:light dark;--bg:#f5f6f8;--surface:#fff;--sunken:#eef0f3;--line:#dfe3e8;--text:#14181d;--text-2:#454e59;--text-3:#5a6470;--exposed:#8c3468;--crit:#a63a00;--crit-tint:#fcefe6;--warn:#7a5200;--warn-tint:#faf2df;--accent:#005f9e}
@media (prefers-color-scheme:dark){:root{--bg:#0c0f13;--surface:#14181e;--sunken:#1b2028;--line:#242a33;--text:#e8ebf0;--text-2:#b3bbc6;--text-3:#929ca9;--exposed:#e6a0c8;--crit:#ff9e66;--crit-tint:#2a1c14;--warn:#f0bd52;--warn-tint:#272013;--accent:#6cbaf0}}
*{box-sizing:border-box}
body{margin:0;padding:20px 24px 40px;background:var(--bg);color:var(--text);font:13px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,sans-serif;font-variant-numeric:tabular-nums}
h1{margin:0;font-size:24px;line-height:31px;font-weight:650;overflow-wrap:anywhere}
h2{margin:0;font-size:15px;line-height:22px;overflow-wrap:anywhere}
h3{margin:12px 0 4px;font-size:13px}
p{margin:4px 0 16px;color:var(--text-2);overflow-wrap:anywhere}
ul{margin:0 0 16px;padding-left:18px;color:var(--text-2);overflow-wrap:anywhere}
.critical{color:var(--crit)}
.warning{color:var(--warn)}
section{margin:0 0 16px;padding:14px 16px;background:var(--surface);border:1px solid var(--line);border-radius:8px}
section p,section ul{margin-bottom:8px}
ol{margin:0;padding-left:20px}
li{margin:2px 0}
.step{display:flex;gap:8px;align-items:flex-start;margin:4px 0;background:var(--sunken);border-radius:6px;padding:6px 8px}
.step code{flex:1;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all;-webkit-user-select:all}
.step button{font:inherit;font-size:12px;min-height:24px;color:var(--accent);background:none;border:1px solid var(--line);border-radius:6px;cursor:pointer}
html:not(.script) .step button{display:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.tag{display:inline-block;padding:0 6px;border-radius:6px;font-size:12px;font-weight:600;background:var(--sunken);white-space:nowrap}
.tag.critical{background:var(--crit-tint)}
.tag.warning{background:var(--warn-tint)}
table{width:100%;border-collapse:collapse;background:var(--surface);border:1px solid var(--line);border-radius:8px}
th{text-align:left;font-size:12px;color:var(--text-3);font-weight:600;padding:8px 12px;border-bottom:1px solid var(--line);white-space:nowrap}
td{padding:7px 12px;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
td:nth-child(3){white-space:normal;overflow-wrap:anywhere}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}
td code.more{color:var(--text-3)}
.exposed{color:var(--exposed);white-space:nowrap}
.muted{color:var(--text-3)}
@media (max-width:760px){body{padding:16px}}
@media (max-width:1000px){table,tbody{display:block}thead{display:block;position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.step button{min-height:36px}tr{display:block;padding:8px 4px;border-bottom:1px solid var(--line)}td{display:block;border:0;padding:2px 8px;white-space:normal;overflow-wrap:anywhere}td:empty{display:none}td[data-label]::before{content:attr(data-label) " ";color:var(--text-3)}}
`;

/** The page is not replaced under a selection, nor when it reads the same. */
const SCRIPT = `
document.documentElement.className = 'script';
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('.step button');
  if (!button) return;
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = document.execCommand('copy') ? 'Copied' : 'Press Ctrl+C';
  }
});
setInterval(async () => {
  if (document.hidden) return;
  const main = document.querySelector('main');
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('main');
    const selection = getSelection();
    if (!fresh || fresh.dataset.content === main.dataset.content || (!selection.isCollapsed && main.contains(selection.anchorNode))) return;
    const held = document.activeElement?.closest('.step')?.dataset.step;
    document.title = page.title;
    main.replaceWith(fresh);
    if (held) document.querySelector('[data-step="' + CSS.escape(held) + '"] button')?.focus();
  } catch {
    main.dataset.content = '';
    document.querySelector('#state').textContent = 'The agent does not answer; this was read at the time below.';
  }
}, 2000);
`;

const digest = (text: string) => createHash('sha256').update(text).digest('base64');

/** Nothing but its own style, its own script and requests to its own origin. */
export const PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${digest(STYLE)}'; script-src 'sha256-${digest(SCRIPT)}'; connect-src 'self'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** One self-contained document. @param content HTML */
export function pageFrame(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)} · Portlight</title><style>${STYLE}</style></head>
<body><main data-content="${digest(content)}">${content}</main><script>${SCRIPT}</script></body></html>
`;
}
