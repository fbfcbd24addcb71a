/** Prometheus' text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/. Pure. */
import { type Histogram } from './histogram.ts';
import { Labels } from './labels.ts';

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
  amounts(name, help, [{ labels: Labels.none, value }]);

/** Numbers that only rise; the name ends with `_total`. */
export const counters = (name: string, help: string, samples: readonly Sample[]): Family => ({
  kind: 'counter',
  name,
  help,
  samples,
  merge: (one, other) => one + other,
});

export const counter = (name: string, help: string, value: number | null): Family =>
  counters(name, help, [{ labels: Labels.none, value }]);

/** Families in the order given, their series in the order of their first sample; a family without a series is left out. */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join('');
}

function familyText(family: Family): string {
  const { name, help, kind } = family;
  const series = family.kind === 'histogram' ? histogramSeries(name, family.histogram) : plainSeries(family);
  return series === '' ? '' : `# HELP ${name} ${escapedHelp(help)}\n# TYPE ${name} ${kind}\n${series}`;
}

function plainSeries({ name, samples, merge }: Exclude<Family, { kind: 'histogram' }>): string {
  const values = new Map<string, number>();
  for (const { labels, value } of samples) {
    if (value === null) continue;
    const before = values.get(labels.text);
    values.set(labels.text, before === undefined ? value : merge(before, value));
  }
  let lines = '';
  for (const [labels, value] of values) lines += `${name}${labels} ${numberText(value)}\n`;
  return lines;
}

function histogramSeries(name: string, { buckets, count, sum }: Histogram): string {
  const bounds = [...buckets, { le: Infinity, count }];
  const lines = bounds.map((bucket) => `${name}_bucket{le="${numberText(bucket.le)}"} ${bucket.count}\n`);
  return `${lines.join('')}${name}_sum ${numberText(sum)}\n${name}_count ${count}\n`;
}

function escapedHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
