import { printable } from '../proc/printable.ts';

/** The labels of one series as Prometheus wants them written; those that would be written alike are the same. */
export class Labels {
  static readonly none = new Labels('');
  /** `{port="3000"}`; empty without labels. */
  readonly text: string;
  readonly #pairs: string;

  private constructor(pairs: string) {
    this.#pairs = pairs;
    this.text = pairs === '' ? '' : `{${pairs}}`;
  }

  /** In the order given; one without a value is the same as one left out. */
  static of(values: Readonly<Record<string, string>>): Labels {
    let labels = Labels.none;
    for (const name in values) labels = labels.and(name, values[name] ?? '');
    return labels;
  }

  and(name: string, value: string): Labels {
    const pair = `${name}="${escaped(value)}"`;
    return new Labels(this.#pairs === '' ? pair : `${this.#pairs},${pair}`);
  }
}

const LONGEST_VALUE = 200;
/** Most values are addresses, numbers and plain names, which stay as they are. */
const PLAIN = /^[\w.:/@-]{0,200}$/;

/** What cannot be printed is shown as everywhere else, then escaped as the format wants it. */
function escaped(value: string): string {
  if (PLAIN.test(value)) return value;
  return printable(value, LONGEST_VALUE).replace(/[\\"]/g, '\\$&');
}
