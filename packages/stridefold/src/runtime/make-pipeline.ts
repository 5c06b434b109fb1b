/**
 * Makes pipelines: checks the options and the steps, and puts the parts together. Calls do not need
 * this file, so a page that only calls does not load it.
 */

import { OptionError } from '../errors.ts'
import { optionsObject, validateRunOptions } from '../geometry/check-options.ts'
import { isChannelsLast } from '../geometry/layouts.ts'
import { layerRules } from '../geometry/option-rules.ts'
import type { Layout } from '../geometry/options.ts'
import { describeValue } from '../ndarray/describe-value.ts'
import { validateShape } from '../ndarray/ndarray.ts'
import { Pipeline, type PipelineDType } from './pipeline.ts'
import { type PipelineSettings, pipelineGraph } from './pipeline-graph.ts'
import type { PipelineStep } from './pipeline-steps.ts'
import { readSteps } from './read-steps.ts'
import { checkDeterministic, currentTuning } from './tuning.ts'

/** Options of a whole pipeline. `D` is its element type. */
export interface PipelineOptions<D extends PipelineDType = PipelineDType> {
  /** The shape of the input: batch, channels and 1 to 3 spatial axes, in the order of `layout`. */
  readonly inputShape: readonly number[]
  /**
   * The element type of all arrays and sums. Default `'float32'`. Input, weights and biases of
   * other types are converted to it.
   */
  readonly dtype?: D
  /**
   * Order of the axes of the input and the result, as in a layer. Default `'channels-first'`. With
   * the channels last, every layer needs `weightLayout`. The arrays between the steps may have
   * another order, whichever is faster.
   */
  readonly layout?: Layout
  /** As in a call: `'auto'`, `'wasm'`, `'js'` or `'webgpu'`. Default `'auto'`. */
  readonly backend?: 'auto' | 'wasm' | 'js' | 'webgpu'
  /** As in a call: the same bits on every machine. Default false. */
  readonly deterministic?: boolean
  /** As in a call: the largest number of threads. Default `'auto'`. */
  readonly threads?: 'auto' | number
}

/**
 * Returns a pipeline: layers, poolings, sums and activations that run as one, such as a network.
 * Weights are packed once, now. Arrays between the steps stay in the memory of the backend and
 * share their bytes; a run allocates no array.
 *
 * - `steps`: what is computed, in this order. `PipelineStep` describes each kind: `{ call:
 *   'conv2d', weight, options }` and the other layers, `{ call: 'maxPool2d', size }`, `{ call:
 *   'averagePool2d', size }`, `{ call: 'add', with }`, `{ call: 'activation', activation }`. A step
 *   reads the result of the step before, or that of an earlier one: `from: 3`.
 * - `options.inputShape`: the shape of the input, with the batch.
 * - `options`: dtype (default 'float32'), layout ('channels-first'), backend, deterministic,
 *   threads; `PipelineOptions` describes each of them.
 *
 * The result is that of the single calls. It may differ from it by roundings, within their error
 * bounds: the arrays between the steps may have another layout, so that another algorithm is
 * faster. Fold a batch normalization into weight and bias first.
 *
 * With `backend: 'webgpu'` all arrays lie on the GPU, and a run is one submission; only `run`
 * computes. The result lies where the input lies, unless `out` or `memory` says otherwise. Open the
 * GPU first: `await capabilities.gpu()`. The first run prepares the weights.
 *
 * Throws `OptionError` for a step that is not valid (`STEP_INVALID`), and for everything that the
 * calls reject. The message names the step by its index. Throws `UnavailableError` if there is not
 * enough memory (`OUT_OF_MEMORY`). Costs as much as the plans of all steps, and a copy of all
 * weights. Call `dispose()` when it is no longer needed.
 *
 * @example
 * const net = pipeline(
 *   [{ call: 'conv1d', weight: [[[1, -1]]] }, { call: 'maxPool1d', size: 2 }],
 *   { inputShape: [1, 1, 5] },
 * )
 * net.runSync([[[5, 3, 4, 1, 0]]]) // [[[2, 3]]]
 */
export function pipeline<D extends PipelineDType = 'float32'>(
  steps: readonly PipelineStep[],
  options: PipelineOptions<D>,
): Pipeline<D> {
  const settings = readSettings(options)
  return new Pipeline<D>(pipelineGraph(readSteps(steps), settings), settings)
}

function readSettings(options: unknown): PipelineSettings {
  const { inputShape, layout: given } = optionsObject('pipeline', options)
  const own = ['inputShape', 'layout']
  const checked = validateRunOptions('pipeline', options, own, rejected)
  const { dtype = 'float32', backend, deterministic, threads } = checked
  checkDeterministic('pipeline', deterministic, currentTuning())
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new OptionError(
      'OPTION_INVALID',
      `pipeline: option 'dtype' is '${dtype}'; it must be 'float32' or 'float64'. Inputs of ` +
        'other types are converted.',
    )
  }
  if (backend === 'webgpu' && (dtype === 'float64' || deterministic)) {
    throw new OptionError(
      'OPTION_CONFLICT',
      `pipeline: backend 'webgpu' computes in float32, and its results depend on the machine; ` +
        `${dtype === 'float64' ? "dtype is 'float64'" : 'deterministic is true'}. Leave one out.`,
    )
  }
  if (!Array.isArray(inputShape)) {
    throw new OptionError(
      'OPTION_INVALID',
      `pipeline: option 'inputShape' is ${describeValue(inputShape)}; a list of extents is ` +
        'needed, such as [1, 3, 224, 224].',
    )
  }
  const shape = validateShape(inputShape)
  if (shape.length < 3 || shape.length > 5) {
    throw new OptionError(
      'RANK_MISMATCH',
      `pipeline: inputShape [${shape}] has rank ${shape.length}, but batch, channels and 1 to 3 ` +
        'spatial axes are needed.',
    )
  }
  const layout = (given === undefined ? 'channels-first' : readLayout(given)) as Layout
  isChannelsLast('pipeline', layout, shape.length - 2)
  return { inputShape: shape, dtype, layout, run: { backend, deterministic, threads } }
}

function readLayout(given: unknown): unknown {
  const { read, needed } = layerRules.layout
  if (read(given) !== undefined) return given
  throw new OptionError(
    'OPTION_INVALID',
    `pipeline: option 'layout' is ${describeValue(given)}; it must be ${needed(given)}.`,
  )
}

const rejected = {
  out: ': it belongs to a run. Give it to run(x, out).',
  memory: '. Its result lies in the memory of the backend until the next run, unless out is given.',
  signal: ': it belongs to a run. Give it to run(x, { signal }).',
  algorithm: ': it belongs to the options of a step.',
  accuracy: ': it belongs to the options of a step.',
  memoryLimit: '. Its workspaceBytes says what it needs.',
  tune: ': its layers are planned by prediction.',
  verify: '. Verify the single calls.',
}
