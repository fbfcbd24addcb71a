import { accessServices } from './auth/access-services.ts';
import { packageVersion, type ServerConfig } from './config.ts';
import { ExpectationBook } from './expectations/expectation-book.ts';
import { Expectations } from './expectations/expectations.ts';
import { HandingDown } from './expectations/handing-down.ts';
import { HomeLearner } from './expectations/home-learner.ts';
import { Findings } from './findings/findings.ts';
import { Readiness } from './health/readiness.ts';
import { Forgetting } from './hosts/forgetting.ts';
import { Hosts } from './hosts/hosts.ts';
import { Ingest } from './ingest/ingest.ts';
import { Pace } from './ingest/pace.ts';
import { Live } from './live/live.ts';
import type { Lifetime } from './lifetime.ts';
import type { Log } from './log.ts';
import { Maintenance } from './maintenance/maintenance.ts';
import { OpenApi } from './openapi/openapi.ts';
import { ALIVE_EVERY_SECONDS, PACES_UNTIL_SILENT } from './silence.ts';
import type { Store } from './store/store.ts';
import { StreamHub } from './stream/stream-hub.ts';
import { Summary } from './summary/summary.ts';
import { History } from './timeline/history.ts';

export interface Surroundings {
  readonly store: Store;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly lifetime: Lifetime;
}

/** Everything that does the work, without a framework, put together by hand. */
export type Services = Awaited<ReturnType<typeof createServices>>;

export async function createServices(config: ServerConfig, { store, log, now, lifetime }: Surroundings) {
  const silentAfterMs = Math.max(config.silentAfterMs, PACES_UNTIL_SILENT * ALIVE_EVERY_SECONDS * 1_000);
  const entry = await accessServices(config, { store, log, now, onForgotten: (hostIds) => ingest.forget(hostIds) });
  const summary = new Summary(store.reader, { now, silentAfterMs });
  const areStreamsShort = lifetime.areAnswersWhole;
  const hub = new StreamHub(store.reader, summary, { now, silentAfterMs, areStreamsShort, onFault: faultsOf(log) });
  const expected = await expectedOf(store, now);
  const pace = new Pace();
  const ingest = new Ingest(store, {
    now,
    pace,
    silentAfterMs,
    handing: expected.handing,
    isFlushedAtOnce: lifetime.isFrozenBetween,
    onChange: () => hub.changed(),
  });
  const gaugesOf = (hostId: string) => ingest.gaugesOf(hostId);
  const hosts = new Hosts(store.reader, { now, silentAfterMs, retentionMs: config.retentionMs, gaugesOf });
  const onForgotten = (hostIds: readonly string[]): void => {
    ingest.forget(hostIds);
    entry.tokenBook.forget(hostIds);
  };
  return {
    ...entry,
    summary,
    hub,
    ingest,
    pace,
    hosts,
    forgetting: new Forgetting(store, { now, onForgotten }),
    findings: new Findings(store.reader, now),
    ...expected,
    history: new History(hosts, store.reader, now),
    live: new Live(hosts, config.agentNetworks),
    maintenance: new Maintenance(store, { ...config, now, log, onForgotten, learner: expected.learner }),
    readiness: new Readiness(store),
    openApi: new OpenApi(packageVersion()),
  };
}

function faultsOf(log: Log): (cause: unknown) => void {
  return (cause) => {
    log.error({ cause: String(cause) }, 'the stream could not be fed');
  };
}

/** What is expected of the fleet: declared, learned, handed down. */
async function expectedOf(store: Store, now: () => number) {
  const book = new ExpectationBook(store.reader);
  await book.refresh();
  return {
    book,
    handing: new HandingDown(book, store.reader, now),
    expectations: new Expectations(store, book, now),
    learner: new HomeLearner(store, { now, onChange: () => book.refresh() }),
  };
}
