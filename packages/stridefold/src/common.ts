/**
 * The exports of both entry points: everything that does not compute a convolution.
 */

import './backend-memory.ts'

export { InternalError, OptionError, UnavailableError } from './errors.ts'
export { type Explanation, explain, type Operands } from './explain/explain.ts'
export type { Focus } from './explain/focus.ts'
export type { SparseMatrix } from './explain/sparse.ts'
export type { Tap } from './explain/taps.ts'
export type {
  FilteredImage,
  FilterImageOptions,
  ImageClipping,
  ImageInput,
  ImageKernel,
} from './filters/image-options.ts'
export type {
  AutocorrelateOptions,
  AxesOptions,
  DerivativeOptions,
  FilterOptions,
  GaussianFilterOptions,
  GaussianOptions,
  GradientMagnitudeOptions,
  SavitzkyGolayOptions,
  UniformFilterOptions,
} from './filters/options.ts'
export type { Boundary } from './geometry/boundary.ts'
export { boundaryNames } from './geometry/boundary-names.ts'
export type { AxisGeometry, ConvGeometry } from './geometry/geometry.ts'
export { checkedFit } from './geometry/geometry.ts'
export { formatCase, parseCase } from './geometry/notation.ts'
export type {
  ConvolveOptions,
  LayerOptions,
  RunOptions,
  TransposedOptions,
} from './geometry/options.ts'
export { geometry, outputShape } from './geometry/shapes.ts'
export { solveShape } from './geometry/solve-shape.ts'
export { analyzeKernel } from './kernels/analyze.ts'
export { lint } from './kernels/lint.ts'
export { kernelByName, kernels } from './kernels/named.ts'
export type { ToeplitzOptions, WindowMatrixOptions } from './matrices/options.ts'
export { toeplitz } from './matrices/toeplitz.ts'
export { col2im, im2col } from './matrices/windows.ts'
export type { Activation } from './ndarray/activation.ts'
export { ndarray, zeros } from './ndarray/create.ts'
export type { DType, TypedArray } from './ndarray/dtype.ts'
export { type ArrayInput, asNdArray, toNested } from './ndarray/interop.ts'
export type { MemoryKind } from './ndarray/memory.ts'
export type { NdArray } from './ndarray/ndarray.ts'
export { read } from './ndarray/read.ts'
export type { DTypeOf, ResultDType, SumDType } from './ndarray/result-type.ts'
export { contiguous, flip, reshape, slice, transpose } from './ndarray/views.ts'
export { asStrided, slidingWindows } from './ndarray/windows.ts'
export { type AlgorithmSummary, algorithms } from './planner/decide.ts'
export type { Candidate } from './planner/decision.ts'
export type { PlanStage } from './planner/stages.ts'
export {
  type Adapter,
  type Capabilities,
  capabilities,
  type Feature,
} from './runtime/capabilities.ts'
export { close } from './runtime/close.ts'
export { type Configuration, configure } from './runtime/configure.ts'
export { type PipelineOptions, pipeline } from './runtime/make-pipeline.ts'
export { plan, planCase } from './runtime/make-plan.ts'
export type { PlanPart } from './runtime/parts.ts'
export type {
  Pipeline,
  PipelineDType,
  PipelineRunOptions,
  PipelineStepInfo,
} from './runtime/pipeline.ts'
export type {
  ActivationStep,
  AddStep,
  AveragePoolStep,
  LayerStep,
  MaxPoolStep,
  PipelineStep,
  StepSource,
} from './runtime/pipeline-steps.ts'
export type { Plan } from './runtime/plan.ts'
export type { PlanDispatch, PlanShaderStage, PlanShaders } from './runtime/plan-shaders.ts'
export type { PlanRunOptions } from './runtime/run-options.ts'
export { loadTuning, saveTuning } from './runtime/save-tuning.ts'
export { createStream, type StreamOptions } from './streams/create-stream.ts'
export type { SetKernelOptions } from './streams/set-kernel-options.ts'
export type { ConvolutionStream } from './streams/stream.ts'
