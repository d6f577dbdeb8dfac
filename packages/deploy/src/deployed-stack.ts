/** A stack as it is deployed: what Terraform shows of it, and where it was synthesized. The local data plane begins here. */
export interface DeployedStack {
  readonly stack: string;
  /** Absolute, or relative to the checkout. */
  readonly folder: string;
  /** The parsed document of `terraform show -json`. */
  readonly state: unknown;
}
