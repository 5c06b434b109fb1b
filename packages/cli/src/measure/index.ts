/**
 * Measurement tools for the command line and, as `@stridefold/cli/measure`, for the benchmark of
 * this repository: peak and bandwidth of the machine, timing in rounds, statistics, verdicts,
 * checked problems, and a progress bar.
 */

export { type Progress, withProgress } from '../progress.ts'
export {
  type Prepared,
  prepareAlgorithms as prepared,
  type Ready,
  type RunRequest as Wishes,
} from './algorithms.ts'
export { bandwidth } from './bandwidth.ts'
export {
  type Contender,
  interleaved,
  type Sampled,
  type Sampling,
  type Watcher,
} from './interleaved.ts'
export { type Machine, machine, machineLine } from './machine.ts'
export { measurePeak as peakMeter, peakOf } from './peak.ts'
export {
  type Check,
  check,
  elements,
  indexOf,
  type Problem,
  problem,
  weightsOf,
} from './problem.ts'
export { signedUniform as signed, uniform } from './random.ts'
export { median, quantile, type Summary, summary } from './statistics.ts'
export { type Entry, suiteNames, suites, type Weights, weightNames } from './suites.ts'
export { type Verdict, verdict } from './verdict.ts'
