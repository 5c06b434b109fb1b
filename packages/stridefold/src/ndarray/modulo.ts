/** The remainder of a / b in [0, b), also for a negative `a`. Exact for all safe integers. */
export function modulo(a: number, b: number): number {
  const remainder = a % b
  // Adding 0 turns −0 into 0.
  return remainder < 0 ? remainder + b : remainder + 0
}
