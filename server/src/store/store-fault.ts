export type StoreFaultKind = 'full' | 'locked' | 'read-only' | 'damaged' | 'unreachable';

/** The store cannot do its work now; `message` says why, `remedy` what to do. */
export class StoreFault extends Error {
  readonly kind: StoreFaultKind;
  readonly remedy: string;

  constructor(kind: StoreFaultKind, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.remedy = remedy;
  }
}
