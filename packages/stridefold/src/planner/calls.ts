/**
 * Every call of both doors, computed at once on the calling thread: arrays are accepted by structure, a plan is found or made, and run.
 *
 * Recent plans are kept. A key is made of the call, the shapes and types and the options; plans that looked at a kernel's values are found
 * only for a kernel with the same values.
 */

import { OptionError } from '../errors.ts'
import { checkedRunOptions } from '../geometry/check-options.ts'
import { parseCase } from '../geometry/notation.ts'
import type { RunOptions } from '../geometry/options.ts'
import { type Call, checkedCall, type OptionsOf } from '../geometry/shapes.ts'
import { checkedDType, computeDType } from '../ndarray/dtype.ts'
import { isIntact } from '../ndarray/intact.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType, promoted } from '../ndarray/untyped.ts'
import { PlanCore, planFor } from './core.ts'
import { Plan } from './plan.ts'
import { type CallOptions, checkShape, isSignal, type Problem, problemOf, promised } from './problem.ts'

const recent = new Map<string, PlanCore[]>()
const mostKept = 64

/** Computes a call on the calling thread. */
export function compute(call: Call, x: unknown, k: unknown, options: object | undefined): NdArray {
  const given = (options ?? {}) as CallOptions
  // A layer's plan serves every bias, so the bias comes with the call.
  const bias = isSignal(call) ? undefined : given.bias
  const again = latest?.deref()
  if (again !== undefined && again.call === call && again.x === x && again.k === k && sameOptions(again.options, given)) {
    const result = again.core.repeated(x, k, given.out)
    if (result !== undefined) return result
    if (isThere(again)) return again.core.run(again.x, again.k, given.out as NdArray | undefined, bias)
  }
  const input = asNdArray(x, 'input')
  const kernel = asNdArray(k, 'kernel')
  const out = given.out === undefined ? undefined : asNdArray(given.out, 'out')
  const dtype = operandDType(input, kernel)
  const key = keyOf(call, input, kernel, given, dtype)
  if (key === undefined) return planned(call, input, kernel, given).run(input, kernel, out)
  const kept = recent.get(key) ?? []
  const known = kept.find((core) => core.known === undefined || core.known.holds(canonicalKernel(core, kernel)))
  const core = known ?? planned(call, input, kernel, given)
  if (known === undefined) keep(key, [core, ...kept.slice(0, 3)])
  const result = core.run(input, kernel, out, bias)
  // Only arrays of our own, which are frozen, and choices that no value of the kernel decides, hold for the next call.
  if (input === x && kernel === k && (out === undefined || out === given.out) && core.known === undefined) {
    latest = new WeakRef({ call, x: input, k: kernel, options: remembered(given), core })
  }
  return result
}

interface LatestCall {
  readonly call: Call
  readonly x: NdArray
  readonly k: NdArray
  readonly options: CallOptions
  readonly core: PlanCore
}

/** The latest call, for as long as nothing is collected: the next one is often the same. */
let latest: WeakRef<LatestCall> | undefined

/** Whether the arrays still hold what they held; `out` is the same array as in the latest call. */
const isThere = ({ x, k, options: { out } }: LatestCall): boolean =>
  isIntact(x) && isIntact(k) && (out === undefined || isIntact(out as NdArray))

/** Whether two options hold the same values and the same `out`. */
function sameOptions(a: CallOptions, b: CallOptions): boolean {
  let count = 0
  for (const name in b) {
    const [x, y] = [a[name as keyof CallOptions], b[name as keyof CallOptions]]
    if (name === 'out' ? x !== y : !sameValue(x, y)) return false
    count++
  }
  for (const _ in a) count--
  return count === 0
}

/** Plain values, and lists of such. Other objects may have changed inside: they never count as the same. */
function sameValue(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a)) return a === b && typeof a !== 'object'
  if (!Array.isArray(b) || a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false
  return true
}

/** Options whose lists nobody else can change. */
function remembered(options: CallOptions): CallOptions {
  const copied = (value: unknown): unknown => (Array.isArray(value) ? value.map(copied) : value)
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, copied(value)]))
}

function planned(call: Call, input: NdArray, kernel: NdArray, options: CallOptions): PlanCore {
  const problem = problemOf(call, input.shape, kernel.shape, options, operandDType(input, kernel))
  return planFor(problem, options, kernel, false)
}

function canonicalKernel(core: PlanCore, kernel: NdArray): NdArray {
  const { problem, geometry } = core
  return problem.arrangeKernel(promoted(kernel, geometry.dtype))
}

function keep(key: string, cores: PlanCore[]): void {
  recent.delete(key)
  recent.set(key, cores)
  if (recent.size <= mostKept) return
  const [oldest, dropped] = recent.entries().next().value!
  recent.delete(oldest)
  for (const core of dropped) core.forget()
}

/** A string for calls that may share a plan; undefined for those that are planned for themselves. */
function keyOf(call: Call, input: NdArray, kernel: NdArray, options: CallOptions, dtype: string): string | undefined {
  let key = `${call} ${input.shape} ${kernel.shape} ${dtype}`
  for (const name of Object.keys(options)) {
    const value = options[name as keyof CallOptions] as unknown
    if (value === undefined || name === 'out' || name === 'signal') continue
    if (name === 'verify') return undefined
    // A layer's plan serves every bias.
    if (name === 'bias' && typeof value !== 'number') key += ' bias'
    else key += ` ${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`
  }
  return key
}

/** Options of `plan`: those of the call, facts about a kernel's values, the type of the arrays. */
export type PlanOptions<Name extends Call> = OptionsOf<Name> & {
  /** A kernel with the values that will be used: lets algorithms look at them. Same shape as `kernelShape`. */
  readonly kernel?: unknown
}

/**
 * Decides how a call on arrays of these shapes would be computed, and prepares it: `.run` computes, `.explain()` says why.
 *
 * The options are those of the call, and `kernel`. Arrays of other types or layouts than the usual are compiled for when they come.
 * Throws `OptionError` for what the call would refuse.
 *
 * @example
 * const p = plan('conv2d', [1, 64, 56, 56], [64, 64, 3, 3], { padding: 1 })
 * p.algorithm // 'winograd'
 */
export function plan<Name extends Call>(
  call: Name,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options?: PlanOptions<Name>,
): Plan {
  const { kernel, ...rest } = (options ?? {}) as CallOptions & { kernel?: unknown }
  const given = rest as CallOptions
  const values = kernel === undefined ? undefined : asNdArray(kernel, 'options.kernel')
  const dtype = given.dtype === undefined ? 'float32' : computeDType(checkedDType(given.dtype))
  const problem = problemOf(checkedCall(call), inputShape, kernelShape, given, dtype)
  if (values !== undefined && values.shape.join() !== kernelShape.join()) {
    throw new OptionError('SHAPE_MISMATCH', `options.kernel has shape [${values.shape}], but kernelShape is [${kernelShape}].`)
  }
  const core = values === undefined ? new PlanCore(problem, given) : planFor(problem, given, values, true)
  return new Plan(core, promised(inputShape, dtype), promised(kernelShape, problem.geometry.dtype))
}

/**
 * A plan for any problem that case notation can write, which are more than the calls have: dilated inputs (what a transposed layer is
 * underneath), layers that flip their kernel, channels over more than three axes.
 *
 * - `text`: a case, see docs/notation.md. - `options`: how it runs: algorithm, accuracy, backend, memoryLimit, deterministic, dtype; `kernel` for facts
 *   about its values, as in `plan`.
 *
 * `.run` takes the input as [batch, channels, ...axes] and the kernel as [filters, channels of a group, ...axes]. Throws `OptionError` for
 * what no case is.
 *
 * @example
 * planCase('1x1x5x5 * 1x1x3x3 i2').geometry.axes[0].inputDilation // 2
 */
export function planCase(text: string, options: Omit<RunOptions, 'out' | 'signal' | 'verify'> & { readonly kernel?: unknown } = {}): Plan {
  const { kernel, ...rest } = options
  const values = kernel === undefined ? undefined : asNdArray(kernel, 'options.kernel')
  const g = parseCase(text)
  const { batch, groups, channels, filters, axes } = g
  checkedRunOptions('planCase', rest)
  const problem: Problem = {
    ...{ call: 'planCase', geometry: g, offset: 0, activation: undefined, folds: undefined, bias: undefined },
    outputShape: [batch, filters, ...axes.map((axis) => axis.output)],
    resultDType: rest.dtype ?? g.dtype,
    arrange: (x) => x,
    arrangeKernel: (k) => k,
  }
  const inputShape = [batch, channels, ...axes.map((axis) => axis.input)]
  const kernelShape = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
  if (values !== undefined) checkShape('options.kernel', values, kernelShape)
  const core = values === undefined ? new PlanCore(problem, rest as CallOptions) : planFor(problem, rest as CallOptions, values, true)
  return new Plan(core, promised(inputShape, g.dtype), promised(kernelShape, g.dtype))
}
