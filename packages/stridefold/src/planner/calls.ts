/**
 * What happens in a call of either entry point? It checks the options, accepts the arrays by their
 * structure, takes a plan from the cache or makes one, and runs it on the calling thread.
 *
 * The cache (plan-cache.ts) keeps recent plans. A key consists of the call, the shapes, the dtypes
 * and the checked options. A call with the same objects as the previous call skips these steps.
 */

import { readOptions, validateReading } from '../geometry/check-options.ts'
import { optionKey } from '../geometry/option-key.ts'
import type { CallOptions } from '../geometry/options.ts'
import { isSameReading, type Reading } from '../geometry/read-options.ts'
import type { Call } from '../geometry/shapes.ts'
import { isIntact } from '../ndarray/intact.ts'
import { asNdArray } from '../ndarray/interop.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { type PlanCore, planFor } from './core.ts'
import { outArray } from './operands.ts'
import { cachedPlan } from './plan-cache.ts'
import { isSignal, problemOf } from './problem.ts'
import { throwIfAborted } from './promise.ts'

/** Computes a call now, on the calling thread. */
export function compute(call: Call, x: unknown, k: unknown, options: object | undefined): NdArray {
  const reading = readOptions(call, options)
  const previous = previousCall?.deref()
  if (
    previous !== undefined &&
    previous.call === call &&
    previous.x === x &&
    previous.k === k &&
    isSameReading(previous.reading, reading)
  ) {
    const { signal, out, bias } = previous.options
    throwIfAborted(signal)
    const result = previous.core.runFastPath(x, k, out)
    if (result !== undefined) return result
    if (areUsable(previous))
      return previous.core.run(
        previous.x,
        previous.k,
        out as NdArray | undefined,
        isSignal(call) ? undefined : bias,
      )
  }
  const validOptions = validateReading(call, reading)
  throwIfAborted(validOptions.signal)
  // The plan of a layer serves every bias, so the bias comes from the call.
  const bias = isSignal(call) ? undefined : validOptions.bias
  const input = asNdArray(x, 'input')
  const kernel = asNdArray(k, 'kernel')
  const out = validOptions.out === undefined ? undefined : outArray(validOptions.out)
  const dtype = operandDType(input, kernel)
  // A verified call makes a plan of its own.
  if (validOptions.verify === true) {
    return planFor(
      problemOf(call, input.shape, kernel.shape, validOptions, dtype),
      validOptions,
      kernel,
      false,
    ).run(input, kernel, out)
  }
  const key = cacheKey(call, input, kernel, validOptions, dtype)
  const core = cachedPlan(key, kernel, validOptions, () =>
    problemOf(call, input.shape, kernel.shape, validOptions, dtype),
  )
  const result = core.run(input, kernel, out, bias)
  // The next call may reuse the plan only if the arrays are ours, because ours are frozen, and if
  // the choice does not depend on the values of the kernel.
  if (
    input === x &&
    kernel === k &&
    (out === undefined || out === validOptions.out) &&
    core.plannedKernel === undefined
  ) {
    previousCall = new WeakRef({
      call,
      x: input,
      k: kernel,
      reading: readOptions(call, validOptions),
      options: validOptions,
      core,
    })
  }
  return result
}

interface PreviousCall {
  readonly call: Call
  readonly x: NdArray
  readonly k: NdArray
  /** The options as they were read, and the checked options. */
  readonly reading: Reading
  readonly options: CallOptions
  readonly core: PlanCore
}

/** The previous call; the next one is often the same. The weak reference keeps no array alive. */
let previousCall: WeakRef<PreviousCall> | undefined

/** Whether the memory of the arrays still exists. `out` is that of the previous call. */
const areUsable = ({ x, k, options: { out } }: PreviousCall): boolean =>
  isIntact(x) && isIntact(k) && (out === undefined || isIntact(out as NdArray))

/** Options that may differ between calls of one plan. */
const perCallOptions = ['out', 'signal']

/** Returns a text that is equal for calls that may share a plan. */
function cacheKey(
  call: Call,
  input: NdArray,
  kernel: NdArray,
  options: CallOptions,
  dtype: string,
): string {
  // The plan of a layer serves every bias.
  const hasBiasArray = typeof options.bias === 'object'
  const planOptions = optionKey(
    options,
    hasBiasArray ? [...perCallOptions, 'bias'] : perCallOptions,
  )
  const bias = hasBiasArray ? ' bias' : ''
  return `${call} ${input.shape} ${kernel.shape} ${dtype} ${planOptions}${bias}`
}
