/** Prometheus' text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/. Pure. */
import { printable } from '../proc/printable.ts';
import { type Histogram } from './histogram.ts';

/** In the order they are to be written; one without a value is the same as one left out. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  /** null: not known, so there is no series. */
  readonly value: number | null;
}

/** Values of one name. */
export type Family =
  | {
      readonly kind: 'gauge' | 'counter';
      readonly name: string;
      readonly help: string;
      readonly samples: readonly Sample[];
      /** Makes one value of two that have the same labels. */
      readonly merge: (one: number, other: number) => number;
    }
  | { readonly kind: 'histogram'; readonly name: string; readonly help: string; readonly histogram: Histogram };

/** A gauge whose samples are counts or amounts: those with the same labels are added up. */
export const amounts = (name: string, help: string, samples: readonly Sample[]): Family => ({
  kind: 'gauge',
  name,
  help,
  samples,
  merge: (one, other) => one + other,
});

/** A gauge whose samples are times, or always 1: of those with the same labels the largest counts. */
export const latest = (name: string, help: string, samples: readonly Sample[]): Family => ({
  kind: 'gauge',
  name,
  help,
  samples,
  merge: Math.max,
});

/** One number without labels; null when it is not known. */
export const gauge = (name: string, help: string, value: number | null): Family =>
  amounts(name, help, [{ labels: {}, value }]);

/** Numbers that only rise; the name ends with `_total`. */
export const counters = (name: string, help: string, samples: readonly Sample[]): Family => ({
  kind: 'counter',
  name,
  help,
  samples,
  merge: (one, other) => one + other,
});

export const counter = (name: string, help: string, value: number | null): Family =>
  counters(name, help, [{ labels: {}, value }]);

/** Families in the order given, their series in the order of their first sample; a family without a series is left out. */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join('');
}

function familyText(family: Family): string {
  const { name, help, kind } = family;
  const series = family.kind === 'histogram' ? histogramSeries(name, family.histogram) : plainSeries(family);
  if (series.length === 0) return '';
  return `# HELP ${name} ${escapedHelp(help)}\n# TYPE ${name} ${kind}\n${series.join('\n')}\n`;
}

function plainSeries({ name, samples, merge }: Exclude<Family, { kind: 'histogram' }>): readonly string[] {
  const values = new Map<string, number>();
  for (const { labels, value } of samples) {
    if (value === null) continue;
    const key = labelText(labels);
    const before = values.get(key);
    values.set(key, before === undefined ? value : merge(before, value));
  }
  return [...values].map(([labels, value]) => `${name}${labels} ${numberText(value)}`);
}

function histogramSeries(name: string, { buckets, count, sum }: Histogram): readonly string[] {
  const bounds = [...buckets, { le: Infinity, count }];
  return [
    ...bounds.map((bucket) => `${name}_bucket{le="${numberText(bucket.le)}"} ${bucket.count}`),
    `${name}_sum ${numberText(sum)}`,
    `${name}_count ${count}`,
  ];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const LONGEST_VALUE = 200;
/** Most values are addresses, numbers and plain names, which stay as they are. */
const PLAIN = /^[\w.:/@-]{0,200}$/;

/** What cannot be printed is shown as everywhere else, then escaped as the format wants it. */
function labelValue(value: string): string {
  if (PLAIN.test(value)) return value;
  return printable(value, LONGEST_VALUE).replace(/[\\"]/g, '\\$&');
}

function escapedHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
