import { GlueFault } from './fault';

/** Of every session; what belongs to a machine or is secret is added when it starts. */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  'spark.master': 'local[*]',
  'spark.app.name': 'glue',
  'spark.driver.bindAddress': '127.0.0.1',
  'spark.driver.host': '127.0.0.1',
  'spark.ui.enabled': 'false',
  'spark.sql.session.timeZone': 'UTC',
  // One machine, small tables: 200 tasks a shuffle would be most of the time.
  'spark.sql.shuffle.partitions': '4',
  // What --datalake-formats hudi sets (docs: "Using the Hudi framework in AWS Glue").
  'spark.serializer': 'org.apache.spark.serializer.KryoSerializer',
  'spark.sql.extensions': 'org.apache.spark.sql.hudi.HoodieSparkSessionExtension',
  'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.hudi.catalog.HoodieCatalog',
  'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
  'spark.hadoop.fs.s3a.path.style.access': 'true',
};

/** What may belong to a session alone; which of these really do, Spark says when the run begins. */
const OF_A_SESSION = 'spark.sql.';

/**
 * Reads the special parameter `--conf`: `k=v --conf k2=v2` (docs: "Using job parameters in AWS Glue jobs").
 *
 * @returns the settings that a run sets in its own session, by name
 * @throws GlueFault InvalidInputException for one that only a Spark of its own could have
 */
export function readSettings(conf: string | undefined): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const setting of (conf ?? '').trim().split(/\s+--conf\s+/)) {
    if (setting === '') continue;
    const [, name, value] = /^(spark\.[^\s=]+)=(.*)$/.exec(setting) ?? [];
    if (name === undefined || value === undefined)
      throw new GlueFault('InvalidInputException', `--conf: must be "spark.name=value --conf spark.name=value" (got ${setting})`);
    if (SESSION_SETTINGS[name] === value) continue;
    if (!name.startsWith(OF_A_SESSION))
      throw new GlueFault(
        'InvalidInputException',
        `--conf: ${name} is decided when Spark starts, and all jobs share one: only ${SESSION_SETTINGS[name] ?? 'its default'} can be had here (got ${value})`,
      );
    settings[name] = value;
  }
  return settings;
}
