import { closeSync, openSync, writeSync } from 'node:fs';

const WRITE_FROM_CHARACTERS = 64 * 1024;

/** Keeps each acknowledged event as a line: host id, agent start, event id. */
export class EventRecord {
  readonly #file: number;
  #waiting = '';

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  add(hostId: string, agentStartedAt: string, id: number): void {
    this.#waiting += `${hostId}\t${agentStartedAt}\t${id}\n`;
    if (this.#waiting.length >= WRITE_FROM_CHARACTERS) this.#write();
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }

  #write(): void {
    writeSync(this.#file, this.#waiting);
    this.#waiting = '';
  }
}
