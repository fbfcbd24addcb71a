import { Worker } from 'node:worker_threads';
import { StoreFault, type StoreFaultKind } from '../store-fault.ts';

/** What a thread is started with. */
export interface Opening {
  readonly path: string;
  /** In WAL mode readers never wait for the writer. Only the writer makes the file and its schema. */
  readonly isReader: boolean;
}

export interface Task {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** The statement runs once for each of them, in place of `parameters`. */
  readonly rows: readonly (readonly unknown[])[] | null;
}

export interface Outcome {
  readonly rows: readonly unknown[];
  readonly changes: number;
  readonly error?: ThreadError;
}

interface ThreadError {
  readonly message: string;
  /** Of a {@link StoreFault}. */
  readonly known: { readonly kind: StoreFaultKind; readonly remedy: string } | null;
}

interface Waiting {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (cause: unknown) => void;
}

/** A connection to the file as the main thread has it: tasks go out in order and so do their outcomes come back. */
export class SqliteThread {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private readonly opened: Promise<Outcome>;
  private ended: StoreFault | null = null;
  private readonly exited: Promise<void>;

  constructor(opening: Opening) {
    this.worker = new Worker(new URL('./sqlite-worker.js', import.meta.url), { workerData: opening });
    this.opened = this.next();
    this.opened.catch(() => undefined);
    this.worker.on('message', (outcome: Outcome) => {
      this.settle(outcome);
    });
    this.worker.on('error', (cause: Error) => {
      this.fail(cause.message);
    });
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.fail('its thread has ended');
        resolve();
      });
    });
  }

  /** Rejects with a StoreFault when the file cannot serve. */
  async ready(): Promise<void> {
    await this.opened;
  }

  run(task: Task): Promise<Outcome> {
    if (this.ended) return Promise.reject(this.ended);
    const outcome = this.next();
    this.worker.postMessage(task);
    return outcome;
  }

  /** After what was asked before. */
  async close(): Promise<void> {
    this.worker.postMessage('close');
    // A file that could not be opened leaves a thread that waits for nothing.
    if (
      await this.opened.then(
        () => false,
        () => true,
      )
    )
      await this.worker.terminate();
    await this.exited;
  }

  private next(): Promise<Outcome> {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private settle(outcome: Outcome): void {
    const waiting = this.waiting.shift();
    if (outcome.error) waiting?.reject(toCause(outcome.error));
    else waiting?.resolve(outcome);
  }

  private fail(reason: string): void {
    this.ended ??= new StoreFault('unreachable', reason, 'restart the server; its log says what happened');
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }
}

function toCause({ message, known }: ThreadError): Error {
  return known ? new StoreFault(known.kind, message, known.remedy) : new Error(message);
}
