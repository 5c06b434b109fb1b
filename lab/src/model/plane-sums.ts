/**
 * The sums of the plane on the first screen, without bias.
 *
 * A small plane is computed by the library's definition, so the page opens without the fast
 * algorithms. They are loaded with the first large plane. Until they are there, the definition
 * computes large planes too: at most 0.1 s for the largest (Node 20, two shared cores, 2026).
 */

import type { ConvGeometry } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import type { LayerArrays } from './layer.ts'
import { product } from './numbers.ts'

/** Above these limits the definition would hold up the page at every change. */
const maxProducts = 1 << 18
const maxOutputs = 1 << 15

let layer: typeof import('./layer.ts') | undefined

/**
 * Loads the fast algorithms if the plane is large. Without a connection the definition goes on, and
 * the next large plane loads again.
 */
export async function loadForPlane(g: ConvGeometry): Promise<void> {
  if (layer || !isLargePlane(g)) return
  layer = await import('./layer.ts').catch(() => undefined)
}

function isLargePlane({ axes }: ConvGeometry): boolean {
  const outputs = product(axes.map((axis) => axis.output))
  return outputs > maxOutputs || outputs * product(axes.map((axis) => axis.kernel)) > maxProducts
}

export function planeSums(g: ConvGeometry, arrays: LayerArrays): ArrayLike<number> {
  if (isLargePlane(g)) {
    if (layer) return layer.layerResult(g, arrays).data
    void loadForPlane(g)
  }
  return definition(g, { input: arrays.input, kernel: arrays.kernel }).values
}
