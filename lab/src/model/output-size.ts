/**
 * The number of outputs along an axis, as a formula with its numbers. Every view writes it in this
 * form, which is also the form of `solveShape`.
 *
 *     ⌈(input + before + after − window + 1) / stride⌉,  window = dilation · (kernel − 1) + 1
 */

import type { AxisGeometry } from 'stridefold/sync'

/** The places that samples and the zeros between them take, without padding. */
export const inputPlaces = ({ input, inputDilation }: AxisGeometry): number =>
  (input - 1) * inputDilation + 1

/** The places under the kernel. */
export const windowPlaces = ({ kernel, dilation }: AxisGeometry): number =>
  dilation * (kernel - 1) + 1

export function outputSizeFormula(axis: AxisGeometry): string {
  const { before, after, stride } = axis
  const signed = (value: number): string => (value < 0 ? `− ${-value}` : `+ ${value}`)
  const positions =
    `${inputPlaces(axis)} ${signed(before)} ${signed(after)} ` + `− ${windowPlaces(axis)} + 1`
  return stride === 1 ? positions : `⌈(${positions}) / ${stride}⌉`
}
