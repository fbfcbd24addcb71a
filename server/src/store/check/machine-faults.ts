import { sql, type RawBuilder } from 'kysely';
import type { Queries } from '../queries/rows.ts';

/** Names said of one fault. */
const MOST_NAMES = 5;

/** Sums that stand beside a machine, against its rows; rows of machines that are not there. */
export async function machineFaults(queries: Queries): Promise<readonly string[]> {
  const orphans = (['listeners', 'processes', 'findings', 'sightings'] as const).map((table) =>
    orphanFaults(queries, table),
  );
  const faults = [listenerFaults(queries), findingFaults(queries), ...orphans];
  const found: string[] = [];
  for (const fault of faults) found.push(...(await fault));
  return found;
}

function listenerFaults(queries: Queries): Promise<readonly string[]> {
  return countFaults(queries, {
    what: 'machines count other listeners than they have',
    counted: ['listeners', 'tcp', 'udp', 'unattributed'],
    counts: sql`
      select host, count(*) as listeners, sum(case when protocol = 'tcp' then 1 else 0 end) as tcp,
        sum(case when protocol = 'udp' then 1 else 0 end) as udp,
        sum(case when holders = '[]' then 1 else 0 end) as unattributed
      from listeners group by host`,
  });
}

function findingFaults(queries: Queries): Promise<readonly string[]> {
  return countFaults(queries, {
    what: 'machines count other open findings than they have',
    counted: ['critical', 'warning', 'notice'],
    counts: sql`
      select host, sum(case when severity = 0 then 1 else 0 end) as critical,
        sum(case when severity = 1 then 1 else 0 end) as warning, sum(case when severity = 2 then 1 else 0 end) as notice
      from findings where closed_at is null group by host`,
  });
}

interface Sums {
  readonly what: string;
  /** Columns of hosts and of `counts`. */
  readonly counted: readonly string[];
  /** One row for each host with any. */
  readonly counts: RawBuilder<unknown>;
}

async function countFaults(queries: Queries, { what, counted, counts }: Sums): Promise<readonly string[]> {
  const differ = counted.map((name) => {
    const [kept, real] = [sql.ref(`hosts.${name}`), sql.ref(`real.${name}`)];
    return sql`${kept} <> coalesce(${real}, 0)`;
  });
  const { rows } = await sql<{ readonly host: string }>`
    select hosts.id as host from hosts left join (${counts}) as real on real.host = hosts.id
    where ${sql.join(differ, sql` or `)} order by hosts.id`.execute(queries);
  return sentence(
    what,
    rows.map(({ host }) => host),
  );
}

async function orphanFaults(queries: Queries, table: string): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly host: string }>`
    select distinct rows_of.host as host from ${sql.table(table)} as rows_of
    left join hosts on hosts.id = rows_of.host where hosts.id is null order by 1`.execute(queries);
  return sentence(
    `machines have ${table} but are not there`,
    rows.map(({ host }) => host),
  );
}

function sentence(what: string, hosts: readonly string[]): readonly string[] {
  if (hosts.length === 0) return [];
  const names = hosts.slice(0, MOST_NAMES).map((host) => JSON.stringify(host));
  const others = hosts.length > MOST_NAMES ? ' and others' : '';
  return [`${hosts.length} ${what}: ${names.join(', ')}${others}`];
}
