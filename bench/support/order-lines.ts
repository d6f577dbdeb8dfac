import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { type Pipeline, withQuarantine } from '@lakewright/lakeflow';
import type { SqlEngine } from '@lakewright/lakeflow/engine';

/** Order lines in one Parquet file of the landing folder. */
const LINES_PER_FILE = 1_000_000;

/** What the pipeline does with rows that are not as they should be. */
export type Judging = 'nothing' | 'expectations' | 'quarantine';

/**
 * Writes lines number `from` to `to` as Parquet files. One in a thousand has no order, one in five hundred an unknown category, one
 * in two thousand a quantity of zero; the same number gives the same line.
 */
export async function writeOrderLines(engine: SqlEngine, folder: string, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += LINES_PER_FILE) {
    const lines =
      'SELECT if(id % 1000 = 7, NULL, id DIV 4) AS order_id, CAST(id % 4 AS INT) AS line_number, ' +
      "concat('p-', CAST(id * 7919 % 50021 AS STRING)) AS product_id, " +
      "if(id % 500 = 3, 'unknown', element_at(array('books', 'garden', 'kitchen', 'music', 'toys'), CAST(id * 31 % 5 AS INT) + 1)) AS category, " +
      'if(id % 2000 = 11, 0, CAST(id % 9 AS INT) + 1) AS quantity, ' +
      "concat(CAST(id * 13 % 900 AS STRING), '.', lpad(CAST(id % 100 AS STRING), 2, '0')) AS unit_price, " +
      "concat(CAST(date_add(DATE'2026-01-01', CAST(id % 365 AS INT)) AS STRING), ' 12:00:00') AS ordered_at " +
      `FROM range(${first}, ${Math.min(first + LINES_PER_FILE, to)})`;
    await engine.appendDelta(lines, folder, 'lines');
  }
}

/** The pipeline of bench/pipelines/order_lines.sql, with its expectations, without them, or with a quarantine beside them. */
export function orderLinesPipeline(staging: string, judging: Judging): Pipeline {
  const path = join(projectRoot(), 'bench/pipelines/order_lines.sql');
  const text = readFileSync(path, 'utf8');
  const unjudged = text.replace(/silver\.order_lines \([\s\S]*?\n\)/, 'silver.order_lines');
  const sources = [{ path, text: judging === 'nothing' ? unjudged : text }];
  return {
    name: 'orders',
    catalog: 'bench',
    schema: 'bronze',
    sources: judging === 'quarantine' ? withQuarantine(sources) : sources,
    configuration: { staging_path: `${staging}/` },
  };
}
