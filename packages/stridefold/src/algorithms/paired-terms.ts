/**
 * Which terms of a sum are neighbours, so that an instruction multiplies two of them at a time?
 *
 *   y += x[2p]·w[2p] + x[2p + 1]·w[2p + 1]      samples and weights of 16 bits, sums of 32 bits
 *
 *   channels   2p and 2p + 1 of a group. An odd number is filled up with a weight 0.
 *   taps       2p and 2p + 1 along the last axis, for few channels: one channel has no neighbour.
 *
 * The samples are copied in this order (paired-samples.ts), and the weights once per kernel
 * (paired-weights.ts).
 */

import type { ConvGeometry } from '../geometry/geometry.ts'

export type PairedTerms = 'channels' | 'taps'

/** The terms of a sum that are paired. Undefined if products with zeros would cost too much. */
export function pairedTerms(g: ConvGeometry): PairedTerms | undefined {
  if (paddingOf(g.channels / g.groups) === 1) return 'channels'
  const [filters, last] = [g.filters / g.groups, g.axes.at(-1)]
  // Vectors along an axis would read taps in pairs that overlap: only filters can be the lanes.
  const mayPairTaps = last?.dilation === 1 && filters >= minFilters
  const padding = {
    channels: paddingOf(g.channels / g.groups),
    taps: mayPairTaps ? paddingOf(last.kernel) : Infinity,
  }
  const products = g.axes.reduce((n, { kernel, stride }) => (n * kernel) / stride, filters)
  if (products < minProducts) return undefined
  if (padding.taps <= maxPadding.taps && padding.taps < padding.channels) return 'taps'
  return padding.channels <= maxPadding.channels ? 'channels' : undefined
}

/** Two vectors of sums. */
const minFilters = 8

/**
 * The most products per product by the definition, and the fewest products per sample where some
 * are with zeros. Measured on layers of 1 to 5 channels (AMD EPYC, Zen 5, 2026-11-29): above and
 * below, sums of floats were faster.
 */
const [maxPadding, minProducts] = [{ channels: 4 / 3, taps: 6 / 5 }, 16]

/** The number of products for each product by the definition, for terms that are paired. */
const paddingOf = (terms: number): number => (terms === 0 ? Infinity : (2 * pairsOf(terms)) / terms)

/** The number of pairs that hold this many terms. */
export const pairsOf = (terms: number): number => Math.ceil(terms / 2)
