/**
 * Which program runs for a step of a pipeline that is no convolution? There is one for each kind,
 * so only the backend is chosen: the first that can run it.
 */

import { type ElementwiseParts, elementwiseProgram } from '../algorithms/elementwise.ts'
import { maxPoolProgram, type PoolLayouts } from '../algorithms/max-pool.ts'
import { OptionError, UnavailableError } from '../errors.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { BackendDescription, CompileOptions } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { costOf } from './price.ts'

/** A program and the name of its backend. */
export interface StepDecision {
  readonly program: Program
  readonly backend: BackendDescription['name']
  /** The predicted time of a run. */
  readonly milliseconds: number
}

/** The program of a max pooling. Throws if no backend can run it. */
export const decideMaxPool = (
  geometry: ConvGeometry,
  layouts: PoolLayouts,
  backends: readonly BackendDescription[],
  options: CompileOptions,
): StepDecision => decided(maxPoolProgram(geometry, layouts), backends, options)

/** The program of a function of single elements. Throws as above. */
export const decideElementwise = (
  parts: ElementwiseParts,
  backends: readonly BackendDescription[],
  options: CompileOptions,
): StepDecision => decided(elementwiseProgram(parts), backends, options)

function decided(
  program: Program,
  backends: readonly BackendDescription[],
  options: CompileOptions,
): StepDecision {
  for (const backend of backends) {
    if (backend.missing() !== undefined || backend.unsupportedReason(program) !== undefined)
      continue
    const rates = backend.rates(options)
    const seconds = backend.seconds(program, options, rates)
    const { milliseconds } = costOf(program, rates, backend.machine, 1, 0, seconds)
    return { program, backend: backend.name, milliseconds }
  }
  const [first] = backends as readonly [BackendDescription, ...BackendDescription[]]
  const missing = first.missing()
  if (missing !== undefined) {
    throw new UnavailableError(
      missing.code,
      `backend '${first.name}' was requested, but ${missing.why}. Use backend: 'auto'.`,
    )
  }
  const why = first.unsupportedReason(program)
  throw new OptionError('GEOMETRY_TOO_LARGE', `no backend can run this step: ${why}.`)
}
