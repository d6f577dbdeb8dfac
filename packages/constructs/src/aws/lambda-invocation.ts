import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LambdaInvocation as AwsLambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { LakewrightError, projectRoot } from '@lakewright/config';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { NodeLambda } from './node-lambda';

export interface LambdaInvocationProps {
  /** What the resource is called in Terraform: `aws_lambda_invocation.<name>`. */
  readonly invocationName: string;
  readonly function: NodeLambda;
  /** A JSON file with the payload, relative to the project. */
  readonly payloadFile: string;
  /** What the function calls, and what lets it through. @default the function alone */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * Invokes a function when it is deployed: the first time, and again when its code or its payload changed. A function that is invoked so
 * can be invoked twice for one change, and must bear it; what it returns lies in the state, so it returns no secret.
 */
export class LambdaInvocation extends Construct {
  readonly invocation: AwsLambdaInvocation;

  constructor(scope: Construct, id: string, props: LambdaInvocationProps) {
    super(scope, id);
    const payload = this.readPayload(props.payloadFile);
    this.invocation = new AwsLambdaInvocation(this, 'invocation', {
      functionName: props.function.function.functionName,
      input: payload,
      lifecycleScope: 'CREATE_ONLY',
      triggers: {
        code: props.function.codeSha256,
        payload: createHash('sha256').update(payload).digest('hex'),
      },
      dependsOn: [...props.function.ready, ...(props.after ?? [])],
    });
    this.invocation.overrideLogicalId(props.invocationName);
  }

  /** As JSON without blanks: a file that is only laid out anew is no change. */
  private readPayload(file: string): string {
    try {
      return JSON.stringify(JSON.parse(readFileSync(join(projectRoot(), file), 'utf8')));
    } catch (cause) {
      throw new LakewrightError('CONSTRUCT_INVOCATION_PAYLOAD', `payloadFile: must be a JSON file (got "${file}")`, {
        hint: (cause as Error).message,
        cause,
      });
    }
  }
}
