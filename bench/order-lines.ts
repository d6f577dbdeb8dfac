import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runUpdate } from '@lakewright/lakeflow';
import { deltaAddress, type SqlEngine } from '@lakewright/lakeflow/engine';
import type { Benchmark, Line, Verdict } from './support/benchmark';
import { hasJava, type Started, sail, spark } from './support/engines';
import { alternating, type Cost, measured, typical } from './support/measure';
import { type Judging, orderLinesPipeline, writeOrderLines } from './support/order-lines';
import { ratio, seconds } from './support/report';

const MEMORY_GOAL = 4 * 2 ** 30;

/** Many small rows through three layers: what expectations cost, what 1% more costs, Apache Spark beside it. */
export const orderLines: Benchmark = {
  name: 'order-lines',
  title: 'Ten million order lines through three layers',
  run: async ({ folder, events = 10_000_000, rounds = 1, spark: python, note }) => {
    const staging = join(folder, 'staging');
    const lake = join(folder, 'lake');
    await withSail(folder, (server) => writeOrderLines(server.engine, staging, 0, events));
    note(`wrote ${events} order lines`);
    const results: string[] = [];
    const few: Cost[] = [];
    let more = events;
    const run = (judging: Judging) => async (): Promise<Cost> =>
      withSail(folder, async ({ engine, pid }) => {
        mkdirSync(lake);
        try {
          const pipeline = orderLinesPipeline(staging, judging);
          const { cost } = await measured(() => runUpdate({ engine, lake, pipeline }), [pid]);
          note(`${judging}: ${seconds(cost.seconds)}`);
          if (judging === 'expectations' && few.length === 0) {
            results.push(await totals(engine, join(lake, 'bench/gold/daily_revenue')));
            await writeOrderLines(engine, staging, more, more + Math.round(events / 100));
            more += Math.round(events / 100);
            few.push((await measured(() => runUpdate({ engine, lake, pipeline }), [pid])).cost);
            note(`1% more: ${seconds(few[0]!.seconds)}`);
          }
          return cost;
        } finally {
          rmSync(lake, { recursive: true, force: true });
        }
      });
    const theirs = await sparkOf(python, folder, staging, results, note);
    const runs = await alternating(rounds, {
      nothing: run('nothing'),
      quarantine: run('quarantine'),
      expectations: run('expectations'),
    });
    const judged = ratio(runs.expectations, runs.nothing);
    const kept = ratio(runs.quarantine, runs.nothing);
    const full = typical(runs.expectations);
    const memory = Math.max(...Object.values(runs).flatMap((costs) => costs.map((cost) => cost.memory ?? 0)));
    const bound = 0.05 * (full.cpu ?? full.seconds) + 0.5;
    const took = few[0]!.cpu ?? few[0]!.seconds;
    const lines: Line[] = [
      { what: 'no expectations', runs: runs.nothing },
      { what: 'four expectations', runs: runs.expectations },
      { what: 'four expectations and the quarantine', runs: runs.quarantine },
      { what: '1% more lines', runs: few },
      ...(theirs ? [{ what: 'Apache Spark, SQL by hand, no expectations', runs: [theirs] }] : []),
    ];
    const verdicts: Verdict[] = [
      { what: 'rows a second, four expectations', value: `${Math.round(events / full.seconds)}` },
      { what: 'most memory', value: `${(memory / 2 ** 30).toFixed(1)} GiB`, goal: 'below 4 GB', met: memory < MEMORY_GOAL },
      { what: 'expectations to none', value: judged.text, goal: 'at most 1.1', met: judged.judged <= 1.1 },
      { what: 'with the quarantine to none', value: kept.text },
      {
        what: '1% more lines, judged by processor time',
        value: seconds(took),
        goal: `at most 5% of the full update plus 0.5 s: ${seconds(bound)}`,
        met: took <= bound,
      },
      theirs
        ? { what: 'Apache Spark to `runUpdate` without expectations', value: ratio([theirs], runs.nothing).text }
        : { what: 'Apache Spark', value: 'not run: no Java, or no Spark at --spark' },
    ];
    if (theirs) {
      const agree = new Set(results).size === 1;
      verdicts.push({ what: 'gold of Spark and ours', value: agree ? 'the same' : 'DIFFERENT', goal: 'the same', met: agree });
    }
    return {
      about:
        `${events} order lines in Parquet files of a million: bronze as they come, silver typed, gold summed up by day and category. Each run has a ` +
        'server of its own; memory is the most at once, server and client together. The quarantine is a second reader of bronze.',
      lines,
      verdicts,
    };
  },
};

async function withSail<T>(folder: string, action: (server: Started) => Promise<T>): Promise<T> {
  const server = await sail(folder);
  try {
    return await action(server);
  } finally {
    await server.stop();
  }
}

/** The same three layers as three appends on Apache Spark, with the rows that silver drops left out; undefined where there is none. */
async function sparkOf(
  python: string,
  folder: string,
  staging: string,
  results: string[],
  note: (text: string) => void,
): Promise<Cost | undefined> {
  if (!hasJava() || !existsSync(python)) return undefined;
  const lake = join(folder, 'lake-spark');
  const [bronze, silver, gold] = ['bronze', 'silver', 'gold'].map((name) => join(lake, name)) as [string, string, string];
  const server = await spark(python, folder);
  const { engine } = server;
  const at = (path: string) => `delta.\`${deltaAddress(path)}\``;
  try {
    await engine.sql('SELECT count(*) AS n FROM range(1000000)');
    const { cost } = await measured(async () => {
      await engine.appendDelta(`SELECT * FROM parquet.\`${staging}/*.parquet\``, bronze, 'b');
      await engine.appendDelta(
        'SELECT order_id, line_number, product_id, category, quantity, CAST(unit_price AS DECIMAL(12, 2)) AS unit_price, ' +
          'CAST(ordered_at AS TIMESTAMP) AS ordered_at, CAST(quantity * CAST(unit_price AS DECIMAL(12, 2)) AS DECIMAL(18, 2)) AS amount ' +
          `FROM ${at(bronze)} WHERE order_id IS NOT NULL AND quantity > 0`,
        silver,
        's',
      );
      await engine.appendDelta(
        'SELECT CAST(ordered_at AS DATE) AS ordered_on, category, count(*) AS lines, count(DISTINCT order_id) AS orders, ' +
          `sum(quantity) AS quantity, sum(amount) AS revenue FROM ${at(silver)} GROUP BY CAST(ordered_at AS DATE), category`,
        gold,
        'g',
      );
    }, [server.pid]);
    note(`Spark: ${seconds(cost.seconds)}`);
    results.push(await totals(engine, gold));
    return cost;
  } finally {
    await server.stop();
    rmSync(lake, { recursive: true, force: true });
  }
}

/** What gold says, as one text. */
async function totals(engine: SqlEngine, path: string): Promise<string> {
  const { rows } = await engine.sql(
    'SELECT CAST(count(*) AS STRING) AS days, CAST(sum(lines) AS STRING) AS lines, CAST(sum(orders) AS STRING) AS orders, ' +
      'CAST(sum(quantity) AS STRING) AS quantity, CAST(sum(revenue) AS STRING) AS revenue, CAST(max(ordered_on) AS STRING) AS latest ' +
      `FROM delta.\`${deltaAddress(path)}\``,
  );
  return JSON.stringify(rows);
}
