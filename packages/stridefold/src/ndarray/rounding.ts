/** Rounds to whole numbers as processors round. */

// Doubles of this size have no fraction bits. Adding it therefore makes the processor round the
// fraction of the other operand, half to even.
const roundingConstant = 1.5 * 2 ** 52

/** The nearest integer, half to even, for |value| ≤ 2⁵¹. */
export function roundHalfToEven(value: number): number {
  return value + roundingConstant - roundingConstant
}
