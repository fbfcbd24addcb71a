import { TRIAL_KINDS, trialDatabase } from '../../../test/trial-postgres.ts';
import { openStore } from '../open-store.ts';
import { storeSuite } from '../store.suite.ts';

for (const kind of TRIAL_KINDS) {
  storeSuite(`PostgreSQL ${kind}`, async (context) => {
    const store = await openStore({ kind: 'postgres', url: await trialDatabase(context, kind) });
    context.after(() => store.close());
    return store;
  });
}
