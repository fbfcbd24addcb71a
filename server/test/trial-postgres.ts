import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { PostgresKeeper } from './postgres-keeper.ts';
import { isInstalled, type PostgresMajor } from './postgres-software.ts';

/** What a test's context offers to clean up after it. */
export interface Ending {
  after(work: () => Promise<void>): void;
}

/** A server that the environment names instead of ours, as postgres://user:password@host:port/database; its user may create databases. */
const NAMED = process.env.PORTLIGHT_TEST_POSTGRES;

export type TrialKind = PostgresMajor | 'named';

/** Which servers the tests of the store run against. */
export const TRIAL_KINDS: readonly TrialKind[] =
  NAMED === undefined ? ([18, 14] as const).filter(isInstalled) : ['named'];

/** For a server that is never started a second time: nothing needs to reach the disk. */
const DISPOSABLE = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

const shared = new Map<PostgresMajor, Promise<PostgresKeeper>>();

/** URL of a new empty database on a server that all tests of this process share. */
export async function trialDatabase(context: Ending, kind: TrialKind): Promise<string> {
  const name = `trial_${randomUUID().replaceAll('-', '')}`;
  const urlOf = await serverOf(kind);
  await run(urlOf('postgres'), `CREATE DATABASE ${name}`);
  // Our own server goes with all it has when this process ends.
  if (kind === 'named') {
    context.after(async () => {
      await run(urlOf('postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
    });
  }
  return urlOf(name);
}

async function serverOf(kind: TrialKind): Promise<(database: string) => string> {
  if (kind === 'named') return namedUrl;
  let keeper = shared.get(kind);
  if (!keeper) {
    keeper = started(kind);
    shared.set(kind, keeper);
  }
  const kept = await keeper;
  return (database) => kept.urlOf(database);
}

async function started(major: PostgresMajor): Promise<PostgresKeeper> {
  const keeper = await PostgresKeeper.prepare(major, DISPOSABLE);
  await keeper.start();
  return keeper;
}

function namedUrl(database: string): string {
  const url = new URL(NAMED ?? '');
  url.pathname = `/${database}`;
  return url.href;
}

/** A server of one test's own, to stop and to kill. */
export interface OwnPostgres {
  /** Of an empty database; the same after a restart. */
  readonly url: string;
  readonly start: () => Promise<void>;
  /** Connections are cut; commits stay. */
  readonly stop: () => Promise<void>;
  /** Kills all of its processes at once. */
  readonly kill9: () => Promise<void>;
}

export async function ownPostgres(context: Ending, major: PostgresMajor = 18): Promise<OwnPostgres> {
  const keeper = await PostgresKeeper.prepare(major);
  context.after(() => keeper.end());
  await keeper.start();
  await run(keeper.urlOf('postgres'), 'CREATE DATABASE portlight');
  return {
    url: keeper.urlOf('portlight'),
    start: async () => {
      await keeper.start();
    },
    stop: () => keeper.stop(),
    kill9: () => keeper.kill9(),
  };
}

/** Runs one statement on a connection of its own; answers its rows. */
export async function run(url: string, statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await client.end();
  }
}
