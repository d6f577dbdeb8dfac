import type { AwsClients } from '../aws/clients';
import type { LocalContext } from '../context';
import type { DeployedResource, Deployment } from '../deployment/deployment';

/** What reconciling one resource did. */
export type Outcome = 'created' | 'updated' | 'unchanged';

/** Facts by which a thing is found again: names and ids; no secret, no absolute path. */
export type Facts = Readonly<Record<string, string>>;

/** What the data plane remembers of a thing that it made: enough to remove it when its resource has left the tree. */
export interface RecordedResource {
  readonly stack: string;
  readonly address: string;
  readonly type: string;
  /** Another identity is another thing: the old one is removed, the new one made. */
  readonly identity: Facts;
  /** Whether the resource allowed, when it was last seen, that its contents are destroyed with it. */
  readonly forceDestroy: boolean;
}

/** What a runner is given: the clone, the AWS clients, and the whole deployment to look up what it refers to. */
export interface RunnerContext {
  readonly local: LocalContext;
  readonly aws: AwsClients;
  readonly deployment: Deployment;
  /** Tells the user something worth knowing of what was made. */
  readonly notice: (text: string) => void;
}

/** Makes the resources of one Terraform type real on this machine. */
export interface ResourceRunner {
  /** What it leaves out of what the cloud does, for the support table. */
  readonly limits?: string;
  identity(resource: DeployedResource): Facts;
  /** Whether the resource allows that its contents are destroyed with it. @default that its `force_destroy` is true */
  allowsDataLoss?(resource: DeployedResource): boolean;
  /** Compares the resource with what really is there and mends the difference. Idempotent. */
  reconcile(resource: DeployedResource, context: RunnerContext): Promise<Outcome>;
  /** Removes what was made; that it is already gone is no error. */
  remove(recorded: RecordedResource, context: RunnerContext): Promise<void>;
}

/** A family of types that are made by the same service. */
export interface Runner {
  readonly family: string;
  /** By Terraform type, in the order in which they are made where Terraform's own dependencies leave it open. */
  readonly resources: Readonly<Record<string, ResourceRunner>>;
}

/** How far a Terraform type is supported on the laptop. */
export type Support =
  | { readonly type: string; readonly mode: 'runs locally'; readonly family: string; readonly limits?: string }
  | { readonly type: string; readonly mode: 'state only'; readonly reason: string }
  | { readonly type: string; readonly mode: 'refused'; readonly reason: string };
