import type { BackendSettings, EnvironmentSettings } from './environment';
import { EXIT, LakewrightError } from './errors';

/** Docs: "General purpose bucket naming rules", Amazon S3. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Where the state is kept when LAKEWRIGHT_BACKEND says so: `local`, on this machine, or `s3:<bucket>`, in the environment's region.
 *
 * @throws LakewrightError CONFIG_BACKEND for anything else, and for `local` where data may not be lost: a state of one machine is
 * lost with it, and whoever deploys from another one would make everything a second time
 */
export function chosenBackend(choice: string, { name, aws, backend, allowDataLoss }: EnvironmentSettings): BackendSettings {
  if (choice === 'local') {
    if (allowDataLoss) return { type: 'local' };
    throw new LakewrightError('CONFIG_BACKEND', `the state of ${name} must not be kept on this machine`, {
      hint: 'name the bucket: S3BUCKET=<bucket> make, LAKEWRIGHT_BACKEND=s3:<bucket> elsewhere; OFFLINE=1 make and --offline need no state',
      exitCode: EXIT.usage,
    });
  }
  const bucket = choice.startsWith('s3:') ? choice.slice('s3:'.length) : '';
  if (BUCKET.test(bucket)) {
    // The environment's own bucket may have a key of its own.
    return backend.type === 's3' && backend.bucket === bucket ? backend : { type: 's3', bucket, region: aws.region };
  }
  throw new LakewrightError('CONFIG_BACKEND', `LAKEWRIGHT_BACKEND: must be "local" or "s3:<bucket>" (got "${choice}")`, {
    hint: 'make takes the bucket as S3BUCKET=<bucket>: 3 to 63 of a-z, 0-9, "-" and "."',
    exitCode: EXIT.usage,
  });
}
