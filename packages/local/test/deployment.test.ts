import { isDeployed, loadDeployment, readDeployment } from '../src';
import { assetPath } from '../src/deployment/deployment';
import { inOrder } from '../src/reconcile/order';
import { stateOf } from './support/state';

const root = '/project';

describe('reading a deployment', () => {
  test('flattens stacks and modules, and leaves data sources out', () => {
    const state = {
      format_version: '1.0',
      values: {
        root_module: {
          resources: [
            { address: 'aws_sqs_queue.a', mode: 'managed', type: 'aws_sqs_queue', name: 'a', values: { name: 'a' } },
            { address: 'data.aws_region.here', mode: 'data', type: 'aws_region', name: 'here', values: {} },
          ],
          child_modules: [
            {
              resources: [
                { address: 'module.m.aws_sqs_queue.b', mode: 'managed', type: 'aws_sqs_queue', name: 'b', values: { name: 'b' } },
              ],
            },
          ],
        },
      },
    };
    expect(readDeployment({ root }, [{ stack: 'one', folder: '/project/cdktf.out/stacks/one', state }])).toEqual({
      stacks: ['one'],
      resources: [
        {
          address: 'aws_sqs_queue.a',
          type: 'aws_sqs_queue',
          name: 'a',
          values: { name: 'a' },
          dependsOn: [],
          stack: 'one',
          folder: 'cdktf.out/stacks/one',
        },
        {
          address: 'module.m.aws_sqs_queue.b',
          type: 'aws_sqs_queue',
          name: 'b',
          values: { name: 'b' },
          dependsOn: [],
          stack: 'one',
          folder: 'cdktf.out/stacks/one',
        },
      ],
    });
  });

  test('a stack that was never applied has nothing', () => {
    expect(readDeployment({ root }, [{ stack: 'new', folder: root, state: { format_version: '1.0' } }])).toEqual({
      stacks: ['new'],
      resources: [],
    });
  });

  test('drops what Terraform marks sensitive', () => {
    const values = { name: 'db', password: 'hunter2', users: [{ name: 'x', token: 'y' }] };
    const sensitive_values = { password: true, users: [{ token: true }] };
    const resources = [{ address: 'aws_x.y', mode: 'managed', type: 'aws_x', name: 'y', values, sensitive_values }];
    const state = { format_version: '1.0', values: { root_module: { resources } } };
    expect(readDeployment({ root }, [{ stack: 's', folder: root, state }]).resources[0]!.values).toEqual({
      name: 'db',
      password: null,
      users: [{ name: 'x', token: null }],
    });
  });

  test.each([null, 'text', {}, []])('refuses %j, which is no state', (state) => {
    expect(() => readDeployment({ root }, [{ stack: 's', folder: root, state }])).toThrow(
      'the state of stack s is not a document',
    );
  });

  test('tells when nothing is deployed', () => {
    const paths = { home: '/nowhere/at/all' } as never;
    expect(isDeployed({ paths })).toBe(false);
    expect(() => loadDeployment({ paths })).toThrow('nothing is deployed to the local plane yet');
  });

  test('names the resource whose asset is missing', () => {
    const [resource] = readDeployment({ root }, [stateOf('s', '/project/out', [['aws_lambda_function', 'f', {}]])]).resources;
    expect(() => assetPath({ root }, resource!, 'f.zip')).toThrow('aws_lambda_function.f (stack s): its file f.zip is missing');
  });
});

describe('the order of making', () => {
  test('stack by stack, after what Terraform made first, else by the rank of the type', () => {
    const deployment = readDeployment({ root }, [
      stateOf('first', root, [
        ['aws_lambda_function', 'f', {}],
        ['aws_sqs_queue', 'a', {}, ['aws_sqs_queue.b']],
        ['aws_sqs_queue', 'b', {}, ['aws_lambda_function.f']],
        ['aws_s3_bucket', 'z', {}],
        ['aws_kms_key', 'k', {}],
        ['aws_budgets_budget', 'x', {}],
      ]),
      stateOf('second', root, [['aws_kms_key', 'k', {}]]),
    ]);
    expect(inOrder(deployment).map(({ stack, address }) => `${stack} ${address}`)).toEqual([
      'first aws_kms_key.k',
      'first aws_s3_bucket.z',
      'first aws_lambda_function.f',
      'first aws_sqs_queue.b',
      'first aws_sqs_queue.a',
      'first aws_budgets_budget.x',
      'second aws_kms_key.k',
    ]);
  });
});
