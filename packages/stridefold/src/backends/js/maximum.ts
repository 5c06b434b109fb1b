/**
 * Interprets a Maximum: for every result, the largest element of its window. The window is a list
 * of distances from its first element, computed once.
 */

import { isEmpty, iterations, Odometer } from '../../ndarray/loops.ts'
import type { Maximum } from '../../program/steps.ts'
import { type Memory, startOf } from './memory.ts'
import { extractLoop, nestOf, once } from './nest.ts'

/** The bytes of the list of distances. */
export const maximumTableBytes = ({ result, window }: Maximum): number =>
  isEmpty(result) ? 0 : 8 * iterations(window)

/** Compiles the Maximum to a function that runs it for one item of the stage's grid. */
export function compileMaximum(
  step: Maximum,
  gridRank: number,
  memory: Memory,
): (item: readonly number[]) => void {
  const { result, window, to, from } = step
  if (isEmpty(result)) return () => {}
  const end = gridRank + result.length
  const nest = nestOf(result, [to.strides.slice(gridRank), from.strides.slice(gridRank, end)])
  const { inner, outer } = extractLoop(nest, once(2), ({ extent }) => extent)
  const [toStep, fromStep] = inner.strides as [number, number]
  const rows = new Odometer(outer, [0, 0])
  const distances = memory.table(iterations(window))
  const samples = new Odometer(nestOf(window, [from.strides.slice(end)]), [0])
  let count = 0
  do distances[count++] = samples.at[0]!
  while (samples.next())
  const [target, source] = [memory.slot(to.buffer), memory.slot(from.buffer)]

  return (item) => {
    rows.at[0] = startOf(target, to, item)
    rows.at[1] = startOf(source, from, item)
    const [targetData, data] = [target.data, source.data]
    do {
      let [toAt, at] = [rows.at[0]!, rows.at[1]!]
      for (let i = 0; i < inner.extent; i++) {
        let largest = -Infinity
        for (let s = 0; s < distances.length; s++) {
          const value = data[at + distances[s]!]!
          largest = Math.max(largest, value)
        }
        targetData[toAt] = largest
        toAt += toStep
        at += fromStep
      }
    } while (rows.next())
  }
}
