import { catalogName, readManifest } from '@lakewright/config';
import type { LocalContext } from '../context';
import { withLake } from './with-lake';

/** How old a system's tables are, against the environment's objective. */
export interface Freshness {
  readonly system: string;
  /** `catalog.schema.table` that says so. */
  readonly table: string;
  /** ISO time in UTC; null before the first load. */
  readonly latestLoadAt: string | null;
  readonly ageMinutes: number | null;
  readonly sloMinutes: number;
  /** `late` before the first load, too: nothing is not fresh. */
  readonly state: 'ok' | 'late';
  /** The run of the latest event that names one. */
  readonly lastRunId: string | null;
}

/** The freshness of every given system that tells it and whose table is there. */
export async function freshness(context: LocalContext, systems: readonly string[], now: Date = new Date()): Promise<Freshness[]> {
  const told = systems.flatMap((system) => {
    const { freshness: table } = readManifest(context.root, system);
    return table === undefined ? [] : [{ system, table: `${catalogName(context.environment, system)}.${table}` }];
  });
  if (told.length === 0) return [];
  return withLake(context, async (lake) => {
    const known = new Set(lake.tables().map(({ catalog, schema, name }) => `${catalog}.${schema}.${name}`));
    const found: Freshness[] = [];
    for (const each of told.filter(({ table }) => known.has(table))) {
      const { rows } = await lake.query(`SELECT latest_load_at, last_run_id FROM ${each.table}`);
      const [row] = rows as readonly { latest_load_at: unknown; last_run_id: string | null }[];
      found.push({
        ...each,
        ...ageOf(row?.latest_load_at, context.environment.slo.freshnessMinutes, now),
        lastRunId: row?.last_run_id ?? null,
      });
    }
    return found;
  });
}

/** The age of the latest load, held against an objective. */
export function ageOf(latest: unknown, sloMinutes: number, now: Date): Omit<Freshness, 'system' | 'table' | 'lastRunId'> {
  if (latest === null || latest === undefined) return { latestLoadAt: null, ageMinutes: null, sloMinutes, state: 'late' };
  const at = new Date(String(latest));
  const ageMinutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  return { latestLoadAt: at.toISOString(), ageMinutes, sloMinutes, state: ageMinutes > sloMinutes ? 'late' : 'ok' };
}
