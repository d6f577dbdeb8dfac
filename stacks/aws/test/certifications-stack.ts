import type { EnvironmentName } from '@lakewright/config';
import { type StackJson, SynthesizedEnvironment } from '../../../test/support/synthesized-environment';

/** The AWS stack of certifications in an environment, synthesized without the other systems. */
export function certificationsStack(name: EnvironmentName): Promise<StackJson> {
  return SynthesizedEnvironment.stack('aws-certifications', name, { systems: ['certifications'] });
}
