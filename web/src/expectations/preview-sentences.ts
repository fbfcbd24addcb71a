import type { ExpectationsPreview } from '@portlight/server/views';
import { count, counted } from '../format/count.ts';

/** `Would open 3 findings on 2 machines, and close 1.` A finding is one machine's. */
export function previewSentence(preview: Pick<ExpectationsPreview, 'opens' | 'opensOmitted' | 'closes'>): string {
  const { opens, opensOmitted, closes } = preview;
  const [opened, closed] = [opens, closes].map((all) => all.reduce((sum, { machines }) => sum + machines, 0));
  const more = opensOmitted > 0 ? 'more than ' : '';
  const opening = opened === 0 ? '' : `open ${more}${counted(opened ?? 0, 'finding')} on ${more}${machinesOf(opens)}`;
  const closing = closed === 0 ? '' : `close ${opening === '' ? counted(closed ?? 0, 'finding') : count(closed ?? 0)}`;
  const parts = [opening, closing].filter((part) => part !== '');
  return parts.length === 0 ? 'Would open no finding and close none.' : `Would ${parts.join(', and ')}.`;
}

/** Not every machine is listed, but no trouble is on more machines than it says. */
function machinesOf(opens: ExpectationsPreview['opens']): string {
  const listed = new Set(opens.flatMap(({ hosts }) => hosts)).size;
  return counted(Math.max(listed, ...opens.map(({ machines }) => machines)), 'machine');
}

/** `checked 1,000 of 1,204 machines` */
export function checkedText({ checked, machines }: Pick<ExpectationsPreview, 'checked' | 'machines'>): string {
  return checked < machines
    ? `checked ${count(checked)} of ${counted(machines, 'machine')}`
    : `checked ${counted(machines, 'machine')}`;
}

/** `web is for 24 machines, db for no machine.` of the services of these names. */
export function reachSentence({ services }: Pick<ExpectationsPreview, 'services'>, names: readonly string[]): string {
  const told = services.filter(({ name }) => names.includes(name));
  if (told.length === 0) return '';
  const parts = told.map(({ name, machines }, index) => {
    const number = machines === 0 ? 'no machine' : counted(machines, 'machine');
    return `${name}${index === 0 ? ' is' : ''} for ${number}`;
  });
  return `${parts.join(', ')}.`;
}
