/** Numbers that look random and are the same each time for the same seed: nothing of a machine has to be remembered. */

const UINT32 = 0x1_0000_0000;

/** 32 bits out of two numbers. */
export function mix(a: number, b: number): number {
  let bits = Math.imul(a ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(b + 0x7f4a_7c15, 0xc2b2_ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb_352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846c_a68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** From 0 to below 1. */
export function share(a: number, b: number): number {
  return mix(a, b) / UINT32;
}

/** A whole number from `least` to `most`. */
export function between(least: number, most: number, bits: number): number {
  return least + (bits % (most - least + 1));
}

export function pick<T>(list: readonly [T, ...T[]], bits: number): T {
  return list[bits % list.length] ?? list[0];
}

/** A sign of life is mostly hex digits: each half of a number is looked up. */
const HALVES = Array.from({ length: 0x1_0000 }, (_, half) => half.toString(16).padStart(4, '0'));

/** 8 hex digits. */
export function hex(bits: number): string {
  return `${HALVES[(bits >>> 16) & 0xffff] ?? ''}${HALVES[bits & 0xffff] ?? ''}`;
}
