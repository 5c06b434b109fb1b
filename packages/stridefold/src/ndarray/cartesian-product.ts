/** All ways to take one item of each list; the last list varies fastest. */
export function cartesianProduct<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (products, list) => products.flatMap((items) => list.map((item) => [...items, item])),
    [[]],
  )
}
