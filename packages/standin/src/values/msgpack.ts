import { decode, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { Unknown, type Value } from './value';

/** Extension types of Terraform's msgpack: an unknown value, and one of which something is known (docs/plugin-protocol/object-wire-format.md). */
const UNKNOWN_TYPE = 0;
const REFINED_TYPE = 12;

const extensionCodec = new ExtensionCodec();
for (const type of [UNKNOWN_TYPE, REFINED_TYPE]) {
  extensionCodec.register({
    type,
    decode: (data) => new Unknown({ type, data: Uint8Array.from(data) }),
    encode: (value) => {
      if (!(value instanceof Unknown) || (value.encoded?.type ?? UNKNOWN_TYPE) !== type) return null;
      return value.encoded?.data ?? new Uint8Array([0]);
    },
  });
}

/** What Terraform sends: absent bytes are null. */
export function fromMsgpack(bytes: Uint8Array | undefined): Value {
  if (!bytes || bytes.length === 0) return null;
  return decode(bytes, { extensionCodec, useBigInt64: true }) as Value;
}

/** For Terraform: objects must carry every attribute of their type. */
export function toMsgpack(value: Value): Uint8Array {
  return new Encoder({ extensionCodec, useBigInt64: true }).encode(value);
}
