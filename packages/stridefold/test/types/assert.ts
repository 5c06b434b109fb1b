/** Assertions that the compiler checks. They do nothing when they run. */

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Does not compile unless the type of the value is exactly `Expected`. */
export function is<Expected>(): <Actual>(
  value: Actual,
  ...same: Equal<Actual, Expected> extends true ? [] : [theTypeDiffers: Expected]
) => void {
  return () => {}
}
