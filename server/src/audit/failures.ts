import type { AuditRecord } from '../store/access-store.ts';
import { auditRecord } from './audit-record.ts';

/** Records of failures in a minute, however many addresses try. */
const RECORDS_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

/** An attempt that failed. */
export interface Failure {
  readonly kind: 'sign-in' | 'enrolment';
  readonly address: string;
  /** The first of this kind and address within the minute. */
  readonly isFirst: boolean;
  /** Failures of that address within the minute, this one included. */
  readonly count: number;
  /** From now on its failures are refused by 429. */
  readonly isLimited: boolean;
}

/** Which failures are worth a record: strangers decide how many there are, so they get few. */
export class FailureRecords {
  private minute = 0;
  private made = 0;
  private omitted = 0;

  constructor(private readonly now: () => number) {}

  /** The first of an address and the one it is limited from; null for all others. */
  recordOf({ kind, address, isFirst, count, isLimited }: Failure): AuditRecord | null {
    if (!isFirst && !isLimited) return null;
    this.turn();
    if (this.made >= RECORDS_PER_MINUTE) {
      this.omitted += 1;
      return null;
    }
    this.made += 1;
    const action = kind === 'sign-in' ? 'sign-in-failed' : 'enrolment-failed';
    return auditRecord({ at: this.now(), action, by: 'nobody', address, detail: this.detail(count, isLimited) });
  }

  private turn(): void {
    const minute = Math.floor(this.now() / MINUTE_MS);
    if (minute === this.minute) return;
    this.minute = minute;
    this.made = 0;
  }

  private detail(count: number, isLimited: boolean): string {
    const omitted = this.omitted;
    this.omitted = 0;
    const parts = [
      isLimited ? `${count} failures within a minute: further ones are refused by 429` : '',
      omitted > 0 ? `${omitted} failures before this one were not recorded` : '',
    ];
    return parts.filter((part) => part !== '').join('; ');
  }
}
