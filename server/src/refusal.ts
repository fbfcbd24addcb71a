/** An answer other than the asked-for one: what was expected, what came, what to do. */
export class Refusal extends Error {
  readonly status: number;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly details: RefusalDetails;

  constructor(status: number, code: string, message: string, details: RefusalDetails = {}) {
    // An answer, not a fault of ours: where it was made says nothing, and finding out costs more than all the rest of a refusal.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message, { cause: details.cause });
    Error.stackTraceLimit = limit;
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

interface RefusalDetails {
  /** The remedy. */
  readonly hint?: string;
  /** Every fault of a refused body. */
  readonly faults?: readonly string[];
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Ends the process with one clear sentence: a start that cannot succeed. */
export class StartFault extends Error {
  /** 1: the surroundings are at fault; 2: the configuration is. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
