/**
 * Are these valid steps? Reads each step once, checks its names and values, and copies its arrays.
 * Shapes are not known here (pipeline-graph.ts). Every message names the step.
 */

import { OptionError, UnavailableError } from '../errors.ts'
import { validateOption, validateOptionsOf } from '../geometry/check-options.ts'
import type { CheckedLayerOptions } from '../geometry/checked-options.ts'
import { didYouMean, formatValue } from '../geometry/format-value.ts'
import { type LayerCall, layerCalls } from '../geometry/layer-calls.ts'
import { isMaxPool, type PoolCall, poolCalls } from '../geometry/pool-calls.ts'
import type { Activation } from '../ndarray/activation.ts'
import { asReadable } from '../ndarray/interop.ts'
import { unknownName } from '../ndarray/known-names.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { isOptionsObject } from '../ndarray/options.ts'

/** The result of a step by its index; −1 is the input of the pipeline. */
export type ValueIndex = number

/** A checked step. Weights and biases are those of the caller, not yet copied. */
export type CheckedStep = { readonly from: ValueIndex } & (
  | {
      readonly kind: 'layer'
      readonly call: LayerCall
      readonly weight: NdArray
      /** The weight as the caller gave it, to recognize it in another step. */
      readonly given: unknown
      readonly options: CheckedLayerOptions
    }
  | {
      readonly kind: 'pool'
      readonly call: PoolCall
      readonly size: unknown
      readonly stride: unknown
      readonly padding: unknown
      readonly includePadding: boolean
    }
  | { readonly kind: 'add'; readonly call: 'add'; readonly with: ValueIndex }
  | {
      readonly kind: 'activation'
      readonly call: 'activation'
      readonly activation: Activation
    }
)

/** The names of a step's properties, besides `call` and `from`. */
const properties = {
  layer: ['weight', 'options'],
  maxPool: ['size', 'stride', 'padding'],
  averagePool: ['size', 'stride', 'padding', 'includePadding'],
  add: ['with'],
  activation: ['activation'],
} as const

type Kind = keyof typeof properties

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...layerCalls.map((call) => [call, 'layer'] as const),
  ...poolCalls.map((call) => [call, isMaxPool(call) ? 'maxPool' : 'averagePool'] as const),
  ['add', 'add'],
  ['activation', 'activation'],
])

/** Returns the checked steps. Throws `OptionError` for the first that is not valid. */
export function readSteps(steps: unknown): CheckedStep[] {
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new OptionError(
      'STEP_INVALID',
      `pipeline: steps is ${formatValue(steps)}; a list with at least one step is needed, such ` +
        "as { call: 'conv2d', weight }.",
    )
  }
  return Array.from(steps as readonly unknown[], (step, index) => readStep(step, index))
}

/** Returns the result of `compute`. An error is thrown again with the step in its message. */
export function inStep<T>(index: number, call: string, compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    const message = ({ message: text }: Error): string =>
      `pipeline, step ${index}, ${text.startsWith(call) ? text : `${call}: ${text}`}`
    const options = { cause: error }
    if (error instanceof OptionError) throw new OptionError(error.code, message(error), options)
    if (error instanceof UnavailableError)
      throw new UnavailableError(error.code, message(error), options)
    throw error
  }
}

function readStep(step: unknown, index: number): CheckedStep {
  if (!isOptionsObject(step)) {
    throw invalid(
      index,
      `is ${formatValue(step)}; an object such as { call: 'conv2d', weight } is needed.`,
    )
  }
  const source = step as Readonly<Record<string, unknown>>
  const { call } = source
  const kind = typeof call === 'string' ? kinds.get(call) : undefined
  if (kind === undefined || typeof call !== 'string') {
    const names = [...kinds.keys()]
    throw invalid(
      index,
      `has call ${formatValue(call)}; one of ${names.map(formatValue).join(', ')} is needed.` +
        didYouMean(call, names),
    )
  }
  return inStep(index, call, () => {
    const names = ['call', 'from', ...properties[kind]]
    const unknown = unknownName(new Set(names), source)
    if (unknown !== undefined) {
      const advice =
        kind === 'layer' ? ' The options of the call belong into options: { stride: 2 }.' : ''
      throw new OptionError(
        'OPTION_UNKNOWN',
        `${call}: it has no property '${unknown}'.${didYouMean(unknown, names)} It takes ` +
          `${names.join(', ')}.${advice}`,
      )
    }
    const from = valueIndex(call, 'from', source.from ?? (index === 0 ? 'input' : index - 1), index)
    return { from, ...readKind(kind, call, source, index) } as CheckedStep
  })
}

/** The record of a step without `from`. */
type StepRecord = CheckedStep extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'from'>
    : never
  : never

function readKind(
  kind: Kind,
  call: string,
  source: Readonly<Record<string, unknown>>,
  index: number,
): StepRecord {
  switch (kind) {
    case 'layer': {
      if (source.weight === undefined)
        throw new OptionError('STEP_INVALID', `${call}: weight is missing. Give the weights.`)
      return {
        ...{ kind: 'layer', call: call as LayerCall, given: source.weight },
        weight: asReadable(source.weight, `${call}: weight`),
        // The options belong to this call.
        options: validateOptionsOf(call, call, source.options, [], rejected) as CheckedLayerOptions,
      }
    }
    case 'maxPool':
    case 'averagePool': {
      const { size, stride, padding, includePadding = true } = source
      if (typeof includePadding !== 'boolean') {
        throw new OptionError(
          'OPTION_INVALID',
          `${call}: option 'includePadding' is ${formatValue(includePadding)}; it must be true ` +
            'or false.',
        )
      }
      return { kind: 'pool', call: call as PoolCall, size, stride, padding, includePadding }
    }
    case 'add':
      return { kind: 'add', call: 'add', with: valueIndex(call, 'with', source.with, index) }
    case 'activation': {
      const given = source.activation
      if (given === undefined)
        throw new OptionError('STEP_INVALID', "activation: activation is missing, such as 'relu'.")
      return { kind: 'activation', call: 'activation', activation: readActivation(given) }
    }
  }
}

/** The option of a layer accepts the same values. */
function readActivation(given: unknown): Activation {
  try {
    return validateOption('conv2d', 'activation', given) as Activation
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw new OptionError(
      error.code,
      error.message.replace(/^conv2d: option/, 'activation: option'),
    )
  }
}

/** An earlier result: its index, or −1 for the input of the pipeline. */
function valueIndex(call: string, name: string, value: unknown, index: number): ValueIndex {
  if (value === 'input') return -1
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < index)
    return value as number
  const earlier =
    index === 0
      ? "'input' (no step is earlier)"
      : `the index of an earlier step, 0 … ${index - 1}, or 'input'`
  throw new OptionError(
    'STEP_INVALID',
    `${call}: ${name} is ${formatValue(value)}; it must be ${earlier}.`,
  )
}

const invalid = (index: number, what: string): OptionError =>
  new OptionError('STEP_INVALID', `pipeline, step ${index}, ${what}`)

const ofPipeline = ' in a pipeline: it belongs to the whole pipeline.'
const rejected = {
  out: ' in a pipeline: give it to run(x, out).',
  signal: ' in a pipeline: give it to run(x, { signal }).',
  dtype: `${ofPipeline} Give it beside inputShape.`,
  layout: `${ofPipeline} Give it beside inputShape.`,
  backend: `${ofPipeline} Give it beside inputShape.`,
  deterministic: `${ofPipeline} Give it beside inputShape.`,
  tune: ' in a pipeline, whose layers are planned by prediction.',
  threads: `${ofPipeline} Give it beside inputShape.`,
  memoryLimit: ' in a pipeline.',
  verify: ' in a pipeline. Verify the single calls.',
}
