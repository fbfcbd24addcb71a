import { sql, type RawBuilder } from 'kysely';
import { dayTable, eventDays } from '../queries/event-days.ts';
import type { Queries } from '../queries/rows.ts';

/** Days that are listed, against the tables there are; events of machines or subjects that are not known. */
export async function dayFaults(queries: Queries): Promise<readonly string[]> {
  const listed = new Set((await eventDays(queries)).map(({ day }) => dayTable(day)));
  const tables = (await queries.introspection.getTables()).map(({ name }) => name);
  const present = new Set(tables.filter((name) => /^events_\d+$/.test(name)));
  const faults = [
    ...[...listed].filter((name) => !present.has(name)).map((name) => `${name} is listed, but there is no such table`),
    ...[...present].filter((name) => !listed.has(name)).map((name) => `${name} is a table that is not listed`),
  ];
  for (const name of listed) if (present.has(name)) faults.push(...(await eventFaults(queries, name)));
  return faults;
}

async function eventFaults(queries: Queries, name: string): Promise<readonly string[]> {
  const table = sql.table(name);
  const nameless = await count(
    queries,
    sql`from ${table} as e left join host_numbers as n on n.number = e.host_number where n.number is null`,
  );
  // The few subjects of a day are looked up once each.
  const subjectless = await count(
    queries,
    sql`from (select distinct host_number, subject from ${table}) as e left join event_subjects as s
      on s.host_number = e.host_number and s.id = e.subject where s.id is null`,
  );
  return [
    ...(nameless > 0 ? [`${name}: ${nameless} events of unknown machines`] : []),
    ...(subjectless > 0 ? [`${name}: ${subjectless} unknown subjects of events`] : []),
  ];
}

async function count(queries: Queries, from: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`select count(*) as count ${from}`.execute(queries);
  return rows[0]?.count ?? 0;
}
