import { stamp } from '../stamp.ts';
import type { StoreReader } from '../store/store.ts';
import type { SummaryView } from '../views.ts';

interface SummaryOptions {
  readonly now: () => number;
  readonly silentAfterMs: number;
}

/** Counts of the fleet as it is now. */
export class Summary {
  constructor(
    private readonly reader: StoreReader,
    private readonly options: SummaryOptions,
  ) {}

  async now(): Promise<SummaryView> {
    const now = this.options.now();
    const totals = await this.reader.totals();
    const silent = await this.reader.countSilent(now - this.options.silentAfterMs);
    const left = await this.reader.countLeft();
    const { open, offPort, notAnswering, lastClosed } = await this.reader.troubles();
    const { loopback, private: onPrivate, public: onPublic, any, critical, warning, notice } = totals;
    return {
      machines: { total: totals.machines, reporting: totals.machines - silent - left, silent, left },
      listeners: {
        total: totals.listeners,
        tcp: totals.tcp,
        udp: totals.udp,
        byExposure: { loopback, private: onPrivate, public: onPublic, any },
        unattributed: totals.unattributed,
      },
      findings: { critical, warning, notice, total: critical + warning + notice },
      troubles: open,
      offPort,
      notAnswering,
      lastClosed,
      ...stamp(now),
    };
  }
}
