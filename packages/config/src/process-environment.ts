/** What Lakewright takes from the process environment; no other module reads `process.env` for settings. */
export interface ProcessEnvironment {
  /** LAKEWRIGHT_ENV: local, dev, staging or prod. */
  readonly environment?: string;
  /** LAKEWRIGHT_SYSTEMS: comma-separated subset of the environment's systems. */
  readonly systems?: string;
  /** LAKEWRIGHT_OFFLINE=1: plan a cloud environment on the stand-in providers, with a scratch local state. */
  readonly offline: boolean;
  /** LAKEWRIGHT_BACKEND: where Terraform keeps the state in place of the environment's own choice, `local` or `s3:<bucket>`. */
  readonly backend?: string;
  /** LAKEWRIGHT_ROOT: the checkout, when the working directory is elsewhere. */
  readonly projectRoot?: string;
  /** LAKEWRIGHT_HOME: folder of the local plane. */
  readonly localHome?: string;
  /** LAKEWRIGHT_STATE: folder of local Terraform states, relative to the checkout. */
  readonly stateRoot?: string;
  /** LAKEWRIGHT_TOOLS: folder of downloaded tools. */
  readonly tools?: string;
  /** CDKTF_OUTDIR: set by cdktf for the app it runs. */
  readonly cdktfOutdir?: string;
  /** CI: set to anything but 0 or false by servers that run builds; nobody watches there. */
  readonly ci: boolean;
  /** NO_COLOR: set to anything (no-color.org). */
  readonly noColor: boolean;
  /** DATABRICKS_HOST, DATABRICKS_TOKEN, DATABRICKS_WAREHOUSE_ID: a SQL warehouse to compare with (`lakewright parity`); all or nothing. */
  readonly warehouse?: { readonly host: string; readonly token: string; readonly warehouse: string };
  /** TERM=dumb: a terminal that cannot move its cursor. */
  readonly dumbTerminal: boolean;
}

/** Reads the settings once per call, so that tests may change them. */
export function processEnvironment(env: NodeJS.ProcessEnv = process.env): ProcessEnvironment {
  return {
    environment: env.LAKEWRIGHT_ENV || undefined,
    systems: env.LAKEWRIGHT_SYSTEMS || undefined,
    offline: env.LAKEWRIGHT_OFFLINE === '1',
    backend: env.LAKEWRIGHT_BACKEND || undefined,
    projectRoot: env.LAKEWRIGHT_ROOT || undefined,
    localHome: env.LAKEWRIGHT_HOME || undefined,
    stateRoot: env.LAKEWRIGHT_STATE || undefined,
    tools: env.LAKEWRIGHT_TOOLS || undefined,
    cdktfOutdir: env.CDKTF_OUTDIR || undefined,
    ci: !['', '0', 'false'].includes(env.CI ?? ''),
    noColor: Boolean(env.NO_COLOR),
    warehouse: warehouseOf(env),
    dumbTerminal: env.TERM === 'dumb',
  };
}

function warehouseOf({ DATABRICKS_HOST: host, DATABRICKS_TOKEN: token, DATABRICKS_WAREHOUSE_ID: warehouse }: NodeJS.ProcessEnv) {
  if (!host || !token || !warehouse) return undefined;
  return { host: host.includes('://') ? host : `https://${host}`, token, warehouse };
}

/** The environment for a child process: this one's, with additions; `undefined` removes a variable. */
export function childEnvironment(additions: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const merged: NodeJS.ProcessEnv = { ...process.env, ...additions };
  for (const [name, value] of Object.entries(merged)) if (value === undefined) delete merged[name];
  return merged;
}

/** What a program of a user needs of this process's environment: where programs are, language, time zone, room for temporary files. */
const TASK_VARIABLES = ['PATH', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];

/** The environment for a program of a user, such as the Python task of a job: no setting, credential or home of who runs it. */
export function taskEnvironment(additions: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = TASK_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ...additions };
}
