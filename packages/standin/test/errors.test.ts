import { prepareStandins, type RunningStandins, startStandins } from '../src/index';
import { Workspace } from './support/terraform';

let running: RunningStandins;
let workspace: Workspace;

beforeAll(async () => {
  running = await startStandins(await prepareStandins());
  workspace = new Workspace(running.env);
});

afterAll(async () => {
  workspace.remove();
  await running.stop();
});

/** Every line break of Terraform's boxes taken out, so that a message may be looked for as a sentence. */
function complaintAbout(configuration: object): string {
  const { code, text } = workspace.write(configuration).init().terraform('plan', '-input=false', '-no-color');
  expect(code).toBe(1);
  return text.replaceAll(/[│╷╵\s]+/g, ' ');
}

const FUNCTION = { function_name: 'f', role: 'arn:aws:iam::123456789012:role/r' };

test.each<[string, object, RegExp]>([
  [
    'an unknown argument',
    { aws_sqs_queue: { q: { nam: 'x' } } },
    /aws_sqs_queue\.q.*No argument or block type is named "nam"\. Did you mean "name"/,
  ],
  [
    'a missing argument',
    { aws_lambda_function: { f: { function_name: 'f' } } },
    /aws_lambda_function\.f.*argument "role" is required/,
  ],
  [
    'a wrong type',
    { aws_sqs_queue: { q: { delay_seconds: 'soon' } } },
    /aws_sqs_queue\.q.*value for attribute "delay_seconds".*number is required/,
  ],
  [
    'a computed attribute that is set',
    { aws_sqs_queue: { q: { name: 'q', url: 'http://elsewhere' } } },
    /aws_sqs_queue\.q.*aws_sqs_queue: "url" is computed by the provider and cannot be set/,
  ],
  [
    'a computed attribute that is set in a block',
    { aws_lambda_function: { f: { ...FUNCTION, vpc_config: [{ subnet_ids: [], security_group_ids: [], vpc_id: 'vpc-1' }] } } },
    /aws_lambda_function\.f.*aws_lambda_function: "vpc_config\[0\]\.vpc_id" is computed by the provider and cannot be set/,
  ],
  [
    'too few blocks',
    {
      aws_route53_resolver_endpoint: {
        e: { direction: 'INBOUND', security_group_ids: ['sg-1'], ip_address: [{ subnet_id: 's' }] },
      },
    },
    /aws_route53_resolver_endpoint\.e.*[Aa]t least 2 "ip_address" blocks are required/,
  ],
  [
    'too many blocks',
    { aws_lambda_function: { f: { ...FUNCTION, tracing_config: [{ mode: 'Active' }, { mode: 'Active' }] } } },
    /aws_lambda_function\.f.*No more than 1 "tracing_config" blocks are allowed/,
  ],
])('%s is refused with resource and attribute', (_what, resource, expected) => {
  expect(complaintAbout({ resource })).toMatch(expected);
});

test('a data source is refused with the alternative', () => {
  expect(complaintAbout({ data: { aws_caller_identity: { me: {} } } })).toMatch(
    /data\.aws_caller_identity: a stand-in provider reaches no service.*environment's configuration/,
  );
});

test('an import is refused', () => {
  const complaint = complaintAbout({
    import: [{ to: 'aws_sqs_queue.q', id: 'http://queue' }],
    resource: { aws_sqs_queue: { q: { name: 'q' } } },
  });
  expect(complaint).toMatch(/aws_sqs_queue: a stand-in provider reaches no service, so there is no "http:\/\/queue" to import/);
});

test('a provider without a region is refused', () => {
  const complaint = complaintAbout({ provider: { aws: [{}] }, resource: { aws_sqs_queue: { q: { name: 'q' } } } });
  expect(complaint).toMatch(/aws: "region" is not set/);
});
