/** The fleet simulator as a process of its own, and what it tells. */
import type { Line, PartName } from '../fleet/report.ts';
import { Measured } from './process.ts';

const FLEET = new URL('../fleet/main.ts', import.meta.url).pathname;

export type PartLine = Extract<Line, { kind: 'part' }>;

/** A part of its play, with what was sampled at its end. */
export interface PlayedPart<T> {
  readonly line: PartLine;
  readonly sample: T;
}

export class RunningFleet<T> {
  readonly #parts: PlayedPart<T>[] = [];
  readonly #process: Measured;

  /**
   * @param sample taken at the end of each part
   * @param isEnough asked each second with the events acknowledged in the part under way; the fleet ends once it holds
   */
  constructor(
    args: readonly string[],
    sample: (part: PartName) => T,
    isEnough: (part: PartName, events: number) => boolean = () => false,
  ) {
    this.#process = new Measured(process.execPath, [FLEET, '--json', ...args], (text) => {
      const line = JSON.parse(text) as Line;
      if (line.kind === 'part') this.#parts.push({ line, sample: sample(line.part) });
      else if (isEnough(line.part, line.eventsAcknowledged)) this.#process.signal('SIGTERM');
    });
  }

  /** It tells what it has counted since it was marked last. */
  mark(): void {
    this.#process.signal('SIGUSR2');
  }

  /** The parts it has played to the end of its own accord. */
  async ended(): Promise<readonly PlayedPart<T>[]> {
    await this.#process.ended();
    return this.#parts;
  }

  async end(): Promise<readonly PlayedPart<T>[]> {
    this.#process.signal('SIGTERM');
    return this.ended();
  }
}

export async function playFleet<T>(args: readonly string[], sample: (part: PartName) => T) {
  return partsOf(await new RunningFleet(args, sample).ended());
}

/** Each part by its name. */
export function partsOf<T>(parts: readonly PlayedPart<T>[]): (name: PartName) => PlayedPart<T> {
  return (name) => {
    const part = parts.find(({ line }) => line.part === name);
    if (!part) throw new Error(`the fleet ended before its part ${name}`);
    return part;
  };
}

/** Everything that went wrong, in words; `none` when nothing did. */
export function errorsOf({ errors }: Pick<PartLine, 'errors'>): string {
  const texts = Object.entries(errors).map(([reason, count]) => `${count} × ${reason}`);
  return texts.length === 0 ? 'none' : texts.join(', ');
}
