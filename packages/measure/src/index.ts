/**
 * Measurement for the command line and for the benchmark of this repository: problems with
 * operands, the check of results, timing in rounds, statistics and verdicts, peak and bandwidth of
 * the machine. `@stridefold/measure/rivals` opens other libraries.
 */

export {
  type Prepared,
  prepareAlgorithms,
  type Ready,
  type Refused,
  type RunRequest,
  statedErrorBound,
} from './algorithms.ts'
export { bandwidth } from './bandwidth.ts'
export { type Calibration, calibrate, type Speeds } from './calibrate.ts'
export { check, faultText, type Output, usualErrorBound } from './check.ts'
export {
  type Contender,
  interleaved,
  type Sampled,
  type Sampling,
  timeCalls,
  timeOnce,
  type Watcher,
} from './interleaved.ts'
export { channelsLast, type Layout, toPlanes } from './layouts.ts'
export { type Machine, machine, machineLine } from './machine.ts'
export { timeOnOneThread } from './one-thread.ts'
export { measurePeak, peakOf } from './peak.ts'
export { type Problem, type ProblemOptions, problem } from './problem.ts'
export { signedUniform, uniform } from './random.ts'
export { elements, indexOf } from './shapes.ts'
export { median, quantile, type Summary, summary } from './statistics.ts'
export { type Entry, suiteNames, suites, type Weights, weightNames } from './suites.ts'
export { type Verdict, verdict } from './verdict.ts'
