import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { found } from '../aws/found';
import { mend } from './mend';
import type { ResourceRunner, Runner } from './runner';
import { text } from './values';

const stateMachine: ResourceRunner = {
  limits:
    'waits last a twentieth of what they say; the TimeoutSeconds of a whole machine, its role, log and traces have no effect',
  identity: (resource) => ({ arn: text(resource, 'arn') }),
  async reconcile(resource, { aws: { states } }) {
    const stateMachineArn = text(resource, 'arn');
    const settings = { definition: text(resource, 'definition'), roleArn: text(resource, 'role_arn') };
    const actual = await found(states.send(new DescribeStateMachineCommand({ stateMachineArn })));
    return mend(actual, settings, () =>
      actual
        ? states.send(new UpdateStateMachineCommand({ stateMachineArn, ...settings }))
        : states.send(new CreateStateMachineCommand({ name: text(resource, 'name'), ...settings })),
    );
  },
  async remove({ identity }, { aws: { states } }) {
    await found(states.send(new DeleteStateMachineCommand({ stateMachineArn: identity.arn! })));
  },
};

export const statesRunner: Runner = { family: 'Step Functions', resources: { aws_sfn_state_machine: stateMachine } };
