/**
 * The part of `@stridefold/measure` that also runs in browsers: problems with operands, the check
 * of results, timing in rounds and statistics.
 */

export {
  type Prepared,
  prepareAlgorithms,
  type Ready,
  type Refused,
  type RunRequest,
  wholeCallName,
} from './algorithms.ts'
export { check, usualErrorBound } from './check.ts'
export {
  type Contender,
  interleaved,
  type Sampled,
  type Sampling,
  type Watcher,
} from './interleaved.ts'
export { channelsLast } from './layouts.ts'
export { type Problem, problem } from './problem.ts'
export { onnxModel } from './rivals/onnx-model.ts'
export { elements } from './shapes.ts'
export { type Summary, summary } from './statistics.ts'
export type { Weights } from './suites.ts'
