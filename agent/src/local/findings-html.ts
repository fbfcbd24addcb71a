import { type Finding, type Step } from '../contract.ts';
import { escaped } from './escaped.ts';

/** A finding for people. @param isHeadline its sentence stands above already */
export function findingHtml(finding: Finding, isHeadline: boolean): string {
  const { id, severity, title, subtitle, why, evidence, steps } = finding;
  const facts = evidence.map((fact) => `<li>${escaped(fact)}</li>`).join('');
  const commands = steps.map((step, at) => stepHtml(step, `${id}.${at}`)).join('');
  return `<section aria-label="${escaped(title)}"><h2><span class="tag ${severity}">${severity}</span> ${escaped(title)}</h2>
<p>${escaped(subtitle)}</p>${isHeadline || why === '' ? '' : `<p>${escaped(why)}</p>`}
${commands === '' ? '' : `<h3>What to do</h3><ol>${commands}</ol><p class="muted">Portlight only reads. It never runs these for you.</p>`}
${facts === '' ? '' : `<h3>Why Portlight says so</h3><ul>${facts}</ul>`}</section>`;
}

function stepHtml({ title, command, expect }: Step, key: string): string {
  const expected = expect === undefined ? '' : `<div class="muted">Expect: ${escaped(expect)}</div>`;
  return `<li>${escaped(title)}<div class="step" data-step="${escaped(key)}"><code>${escaped(command)}</code><button type="button">Copy</button></div>${expected}</li>`;
}
