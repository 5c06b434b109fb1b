/**
 * Which calls are network layers, and how many spatial axes has each?
 */

export type ForwardCall = 'conv1d' | 'conv2d' | 'conv3d'
export type TransposedCall = 'convTranspose1d' | 'convTranspose2d' | 'convTranspose3d'
export type LayerCall = ForwardCall | TransposedCall

const ranks: Readonly<Record<LayerCall, 1 | 2 | 3>> = {
  conv1d: 1,
  conv2d: 2,
  conv3d: 3,
  convTranspose1d: 1,
  convTranspose2d: 2,
  convTranspose3d: 3,
}

export const layerCalls: readonly LayerCall[] = Object.keys(ranks) as LayerCall[]

export const layerRank = (call: LayerCall): 1 | 2 | 3 => ranks[call]

/** Whether a call is a transposed layer, or a gradient of one. */
export const isTransposed = (call: string): boolean => call.startsWith('convTranspose')
