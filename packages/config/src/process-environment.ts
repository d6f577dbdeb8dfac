/** What Lakewright takes from the process environment; no other module reads `process.env` for settings. */
export interface ProcessEnvironment {
  /** LAKEWRIGHT_ENV: local, dev, staging or prod. */
  readonly environment?: string;
  /** LAKEWRIGHT_SYSTEMS: comma-separated subset of the environment's systems. */
  readonly systems?: string;
  /** LAKEWRIGHT_OFFLINE=1: plan a cloud environment on the stand-in providers, with a scratch local state. */
  readonly offline: boolean;
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
}

/** Reads the settings once per call, so that tests may change them. */
export function processEnvironment(env: NodeJS.ProcessEnv = process.env): ProcessEnvironment {
  return {
    environment: env.LAKEWRIGHT_ENV || undefined,
    systems: env.LAKEWRIGHT_SYSTEMS || undefined,
    offline: env.LAKEWRIGHT_OFFLINE === '1',
    projectRoot: env.LAKEWRIGHT_ROOT || undefined,
    localHome: env.LAKEWRIGHT_HOME || undefined,
    stateRoot: env.LAKEWRIGHT_STATE || undefined,
    tools: env.LAKEWRIGHT_TOOLS || undefined,
    cdktfOutdir: env.CDKTF_OUTDIR || undefined,
  };
}

/** The environment for a child process: this one's, with additions; `undefined` removes a variable. */
export function childEnvironment(additions: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const merged: NodeJS.ProcessEnv = { ...process.env, ...additions };
  for (const [name, value] of Object.entries(merged)) if (value === undefined) delete merged[name];
  return merged;
}
