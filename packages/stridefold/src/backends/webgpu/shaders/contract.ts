/** Which form has the shader of a contraction? The one with the smallest predicted cost. */

import type { Buffer } from '../../../program/program.ts'
import type { Contraction, Loop } from '../../../program/steps.ts'
import { matrixKernel, matrixProductOf, tileOf } from './contract-matrix.ts'
import { singleKernel } from './contract-single.ts'
import { stencilKernel } from './contract-stencil.ts'
import type { Kernels } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import { bestStencilTile, stencilOf } from './stencil-tiles.ts'

/** The cost of a term where each invocation computes one result: it reads two numbers. */
const singleCost = 8

/** How a contraction is computed, and the cost of a term in products. */
export interface ContractionForm {
  readonly cost: number
  kernels(): Kernels
}

export function contractionForm(
  step: Contraction,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
): ContractionForm {
  const single: ContractionForm = {
    cost: singleCost,
    kernels: () => singleKernel(step, grid, buffers, limits),
  }
  if (step.tile === 'scalar') return single
  const forms = [single]
  const product = matrixProductOf(step, grid)
  const tiled = product && tileOf(product, limits)
  if (tiled !== undefined)
    forms.push({
      cost: tiled.cost,
      kernels: () => matrixKernel(step, grid, buffers, limits, product!, tiled.tile),
    })
  const stencil = stencilOf(step, grid)
  const slid = stencil && bestStencilTile(stencil, limits)
  if (slid !== undefined)
    forms.push({
      cost: slid.cost,
      kernels: () => stencilKernel(step, grid, buffers, limits, stencil!, slid.tile),
    })
  return forms.reduce((best, form) => (form.cost < best.cost ? form : best))
}
