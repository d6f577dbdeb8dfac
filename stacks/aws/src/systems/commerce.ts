import { AwsSystemStack } from '../system-stack';

/** A shop: its files come through a volume, so that the bucket of its tables is all that it has here. */
export default class AwsCommerceStack extends AwsSystemStack {}
