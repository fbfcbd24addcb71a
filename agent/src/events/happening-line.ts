/** A happening as one line of text. */
import { type Event, type Happening, type Severity, type Snapshot } from '../contract.ts';
import { placeText } from '../findings/words.ts';
import { printable } from '../proc/printable.ts';

export interface LineStyle {
  readonly bold: (text: string) => string;
  readonly severity: (severity: Severity, text: string) => string;
}

export const PLAIN_LINE: LineStyle = { bold: (text) => text, severity: (_, text) => text };

/** The longest kind is `program-changed`. */
const KIND_WIDTH = 15;
const PLACE_WIDTH = 19;
const MOST_DETAIL = 1_000;

/** Inode of the host's network namespace; null where nothing listens in it. */
export function hostNamespaceOf({ listeners }: Snapshot): string | null {
  return listeners.find(({ isHostNamespace }) => isHostNamespace)?.networkNamespace ?? null;
}

/**
 * Without a line break, whatever names it holds.
 *
 * @param hostNamespace other network namespaces are named; null when it is not known
 */
export function happeningLine(happening: Happening, hostNamespace: string | null, style: LineStyle): string {
  const { at, kind } = happening;
  const start = `${printable(at, 40)}  ${style.bold(kind.padEnd(KIND_WIDTH))}`;
  if (!('finding' in happening)) {
    return `${start}  ${eventParts(happening, hostNamespace).join('  ')}`.trimEnd();
  }
  const { severity, title, subtitle } = happening.finding;
  const told = style.severity(severity, `${severity.toUpperCase()}: ${printable(title, MOST_DETAIL)}`);
  return [start, told, ...(subtitle === '' ? [] : [printable(subtitle, MOST_DETAIL)])].join('  ');
}

function eventParts(event: Event, hostNamespace: string | null): string[] {
  const { kind, protocol, networkNamespace, detail } = event;
  const told = detail === null ? [] : [printable(detail, MOST_DETAIL)];
  if (kind === 'gap') return told;
  const isElsewhere = hostNamespace !== null && networkNamespace !== hostNamespace;
  return [
    protocol,
    printable(placeText(event)).padEnd(PLACE_WIDTH),
    ...(isElsewhere ? [`netns ${printable(networkNamespace, 40)}`] : []),
    holdersText(event),
    ...told,
  ];
}

function holdersText({ holders }: Event): string {
  const [oldest] = holders;
  if (oldest === undefined) return '(unknown holder)';
  const others = holders.length > 1 ? ` +${holders.length - 1}` : '';
  return `${printable(oldest.program)} (pid ${oldest.pid}${others})`;
}
