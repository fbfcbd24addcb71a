import { auditRecord, type Actor } from '../audit/audit-record.ts';
import { stamp } from '../stamp.ts';
import type { Store } from '../store/store.ts';
import type { ForgottenView } from '../views.ts';
import { hostIdNamed } from './host-id.ts';

interface ForgettingOptions {
  readonly now: () => number;
  /** Told which machines nothing is kept of any more. */
  readonly onForgotten: (hostIds: readonly string[]) => void;
}

/** Removes machines that will not come back. */
export class Forgetting {
  constructor(
    private readonly store: Store,
    private readonly options: ForgettingOptions,
  ) {}

  /** By id, else by name. The machine's token ends with it: one that is alive after all enrols anew. */
  async forget(nameOrId: string, actor: Actor): Promise<ForgottenView> {
    const { hostId, name } = await this.find(nameOrId);
    const at = this.options.now();
    await this.store.commit(async (writer) => {
      const tokens = await writer.hostTokens([hostId]);
      await writer.forgetHost(hostId);
      await writer.endTokens([{ hostId, hash: null, at }, ...tokens.map(({ hash }) => ({ hostId, hash, at }))]);
      await writer.addAudit([auditRecord({ at, action: 'host-forgotten', ...actor, hostId, detail: name })]);
    });
    this.options.onForgotten([hostId]);
    return { hostId, name, ...stamp(this.options.now()) };
  }

  /** One that enrolled and never pushed has a token only. */
  private async find(nameOrId: string): Promise<{ readonly hostId: string; readonly name: string }> {
    const [token] = await this.store.reader.hostTokens([nameOrId]);
    const byId = await this.store.reader.host(nameOrId);
    if (byId) return { hostId: nameOrId, name: byId.host.host.name };
    if (token) return token;
    return { hostId: await hostIdNamed(this.store.reader, nameOrId), name: nameOrId };
  }
}
