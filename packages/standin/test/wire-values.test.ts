import { encode } from '@msgpack/msgpack';
import { fromMsgpack, toMsgpack } from '../src/values/msgpack';
import { fromStateJson } from '../src/values/state-json';
import { hasUnknown, sameValue, UNKNOWN, Unknown, type Value } from '../src/values/value';

/** The bytes Terraform writes for an unknown value, with and without a refinement (docs/plugin-protocol/object-wire-format.md). */
const PLAIN_UNKNOWN = Buffer.from('d40000', 'hex');
const NOT_NULL_UNKNOWN = Buffer.from('c7030c8101c2', 'hex');

test('unknown values go back as they came', () => {
  for (const bytes of [PLAIN_UNKNOWN, NOT_NULL_UNKNOWN]) {
    const value = fromMsgpack(bytes);
    expect(value).toBeInstanceOf(Unknown);
    expect(Buffer.from(toMsgpack(value)).toString('hex')).toBe(bytes.toString('hex'));
  }
  expect(Buffer.from(toMsgpack({ a: UNKNOWN })).toString('hex')).toBe('81a161d40000');
});

test('numbers keep their precision', () => {
  const large = 9007199254740993n;
  expect(fromMsgpack(encode({ n: large }, { useBigInt64: true }))).toEqual({ n: large });
  for (const value of [0, -1, 1.5, 4294967296, '123456789012345678901234567890'] as Value[]) {
    expect(fromMsgpack(toMsgpack(value))).toEqual(value);
  }
});

test('no bytes are null', () => {
  expect(fromMsgpack(undefined)).toBeNull();
  expect(fromMsgpack(Buffer.alloc(0))).toBeNull();
});

test('a value is the same as an equal one, and an unknown one as nothing', () => {
  expect(sameValue({ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] })).toBe(true);
  expect(sameValue({ a: 1 }, { a: 1, b: null })).toBe(true);
  expect(sameValue([1, 2], [2, 1])).toBe(false);
  expect(sameValue(1, 1n)).toBe(true);
  expect(sameValue('1', 1)).toBe(false);
  expect(sameValue(UNKNOWN, UNKNOWN)).toBe(false);
  expect(hasUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
});

test('a state of an older shape loses what is gone and gains nulls', () => {
  const type: Parameters<typeof fromStateJson>[1] = ['object', { kept: ['list', 'string'], added: 'number', any: 'dynamic' }];
  const state = fromStateJson(
    { kept: ['a'], gone: true, any: { type: ['tuple', ['string', 'bool']], value: ['x', true] } },
    type,
  );
  expect(state).toEqual({ kept: ['a'], added: null, any: [Buffer.from('["tuple",["string","bool"]]'), ['x', true]] });
});
