/**
 * Does this filter take this option, and with this value? The check returns a frozen record of
 * plain data in which every option that has a default has a value. Checked options may be checked
 * again.
 */

import { OptionError } from '../errors.ts'
import {
  optionsObject,
  type RejectedOptions,
  validateMissingOption,
  validateRunOptions,
} from '../geometry/check-options.ts'
import type { Checked } from '../geometry/checked-options.ts'
import type { BoundaryOption, MissingOptions, PerAxis, RunOptions } from '../geometry/options.ts'
import { type Parameter, type ParameterTable, validateParameters } from '../geometry/parameters.ts'
import { runReader } from '../geometry/read-options.ts'
import { checkResultOnHeap } from '../ndarray/given-on-gpu.ts'

/** The checked values of the options that each filter has besides those of every call. */
export interface FilterValues {
  readonly gaussianFilter: GaussianValues & { readonly order: PerAxis<number> }
  readonly gaussianLaplace: GaussianValues
  readonly gaussianGradientMagnitude: GaussianValues
  readonly uniformFilter: AxesValues & {
    readonly size: PerAxis<number>
    readonly origin: PerAxis<number>
  }
  readonly sobel: DerivativeValues
  readonly prewitt: DerivativeValues
  readonly scharr: DerivativeValues
  readonly laplace: AxesValues
  readonly gradientMagnitude: AxesValues & { readonly operator: Operator }
  readonly savitzkyGolay: {
    readonly window: number
    readonly order: number
    readonly derivative: number
    readonly spacing: number
    readonly axis: number
    readonly boundary: 'interp' | BoundaryOption | 'missing'
  } & MissingValues
  readonly correlateNormalized: object
  readonly filterImage: BorderValues & {
    readonly alpha: 'keep' | 'filter' | 'premultiply'
    readonly channels: 'each' | 'sum'
    readonly output: 'clip' | 'abs' | 'offset' | 'minmax'
    readonly combine: 'magnitude' | 'max' | 'sum' | undefined
  }
  readonly autocorrelate: { readonly mode: 'full' | 'same' }
}

export type FilterCall = keyof FilterValues
export type Operator = 'sobel' | 'prewitt' | 'scharr'

/** The checked values of the options of missing samples. */
export interface MissingValues {
  readonly missing: MissingOptions['missing'] | undefined
  readonly minimumPresent: number | undefined
}

export interface BorderValues extends MissingValues {
  readonly boundary: PerAxis<BoundaryOption | 'missing'>
}
export interface AxesValues extends BorderValues {
  readonly axes: readonly number[] | undefined
}
interface GaussianValues extends AxesValues {
  readonly sigma: PerAxis<number>
  readonly truncate: number
  readonly radius: PerAxis<number> | undefined
}
interface DerivativeValues extends BorderValues {
  readonly axis: number
}

export type CheckedRunOptions = Checked<RunOptions>
export type CheckedFilterOptions<Call extends FilterCall> = CheckedRunOptions & FilterValues[Call]

/**
 * The checked options of a filter. Throws `OptionError` for an unknown option (`OPTION_UNKNOWN`),
 * and for a value that is not valid (`OPTION_INVALID`).
 */
export function filterOptions<Call extends FilterCall>(
  call: Call,
  options: unknown,
): CheckedFilterOptions<Call> {
  const { defaultBoundary, parameters } = rules[call]
  const hasBorder = defaultBoundary !== undefined
  const names = Object.keys(parameters)
  const own = [...names, ...(hasBorder ? ['boundary', ...missingNames] : [])]
  const refused = {
    ...otherNames,
    ...(hasBorder ? borderName : noneMissing),
    ...(call === 'filterImage' && bytesOnly),
  }
  const run = validateRunOptions(call, options, own, refused)
  checkResultOnHeap(call, run)
  const given = optionsObject(call, options)
  const values = validateParameters(
    call,
    parameters,
    Object.fromEntries(names.map((name) => [name, given[name]])),
    () => undefined,
  )
  const border = hasBorder && {
    boundary: checkedBoundary(call, given.boundary ?? defaultBoundary, defaultBoundary),
    ...Object.fromEntries(
      missingNames.map((name) => [name, validateMissingOption(call, name, given[name])]),
    ),
  }
  // The cast is safe: the rule of each name accepted its value, or has its default.
  return Object.freeze({ ...run, ...values, ...border }) as CheckedFilterOptions<Call>
}

const missingNames = ['missing', 'minimumPresent'] as const

/** Only what every call takes: how it computes, and what the result is. */
export const runOnly = (options: CheckedRunOptions): CheckedRunOptions =>
  Object.fromEntries(
    Object.entries(options).filter(([name]) => runReader.known.has(name)),
  ) as unknown as CheckedRunOptions

/** Options of other calls, for which a filter has another word. */
const otherNames: RejectedOptions = {
  padding: '. Its result has the extents of the input. `correlate` has that option.',
  stride: '. `correlate` has that option; or take a slice of the result.',
  dilation: '. `correlate` has that option.',
  channelAxis: '. `correlate` has that option; `axes` of a filter lists the axes to filter.',
  bias: '. `correlate` has that option.',
}

/** SciPy calls the border `mode`. */
const borderName: RejectedOptions = {
  mode: ". Name the border with `boundary`; SciPy's 'reflect' is 'symmetric' here.",
}

/** Calls whose sums have no mean that could stand for a sample. */
const noneMissing: RejectedOptions = Object.fromEntries(
  missingNames.map((name) => [
    name,
    '. Fill the missing samples first: `gaussianFilter` and `correlate` have that option.',
  ]),
)

/** The result of an image is an image. */
const bytesOnly: RejectedOptions = {
  dtype: '. Its result is an image of bytes. `correlate` gives floats.',
  out: '. Its result is a new image. `correlate` writes into an array.',
  memory: '. Its result is an image on the heap. `correlate` has that option.',
}

/** 'interp' is no border: `savitzkyGolay` has it instead of one. */
function checkedBoundary(call: FilterCall, value: unknown, usual: string): unknown {
  if (value === usual) return value
  try {
    return validateMissingOption(call, 'boundary', value)
  } catch (cause) {
    if (usual !== 'interp' || !(cause instanceof OptionError)) throw cause
    throw new OptionError(cause.code, `${cause.message} Or give 'interp', the default.`)
  }
}

const isNumber = (value: unknown, min: number): value is number =>
  Number.isFinite(value) && (value as number) >= min
const isWhole = (value: unknown, min: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= min

const perAxis =
  (accepts: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) ? value.length > 0 && value.every(accepts) : accepts(value)

const parameter = <V>(
  fallback: V,
  summary: string,
  needed: string,
  accepts: (value: unknown) => boolean,
): Parameter<V> => ({ default: fallback, summary, needed, accepts })

/** More weights along one axis are a mistake: a sigma in the wrong unit. */
const maxWeights = 2 ** 22

const wholePerAxis = (
  fallback: number | undefined,
  min: number,
  summary: string,
): Parameter<number | undefined> =>
  parameter(
    fallback,
    `${summary}, or one per axis`,
    `a whole number ${min === -maxWeights ? '' : `≥ ${min} `}up to ${maxWeights}, or a list,`,
    perAxis((value) => isWhole(value, min) && (value as number) <= maxWeights),
  )

const axes = parameter<readonly number[] | undefined>(
  undefined,
  'the axes to filter',
  'a list of at least one whole number',
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every((axis) => Number.isSafeInteger(axis)),
)
const axis = parameter(-1, 'the axis to filter', 'a whole number', Number.isSafeInteger)

const gaussian = {
  sigma: parameter<PerAxis<number>>(
    1,
    'standard deviation in samples, or one per axis',
    `a number from 0 to ${maxWeights}, or a list,`,
    perAxis((value) => isNumber(value, 0) && value <= maxWeights),
  ),
  truncate: parameter(
    4,
    'where the Gaussian ends, in standard deviations',
    'a finite number ≥ 0',
    (value) => isNumber(value, 0),
  ),
  radius: wholePerAxis(undefined, 0, 'samples on either side'),
  axes,
}

const oneOf = <V extends string, F extends V | undefined>(
  fallback: F,
  summary: string,
  ...names: V[]
): Parameter<V | F> =>
  parameter<V | F>(
    fallback,
    summary,
    `one of ${names.map((name) => `'${name}'`).join(', ')}`,
    (value) => names.some((name) => name === value),
  )

interface Rules {
  /** Undefined: the filter has no border. */
  readonly defaultBoundary: 'symmetric' | 'reflect' | 'interp' | undefined
  readonly parameters: ParameterTable
}

const withBorder = (parameters: ParameterTable): Rules => ({
  defaultBoundary: 'symmetric',
  parameters,
})

const rules: Readonly<Record<FilterCall, Rules>> = {
  gaussianFilter: withBorder({ ...gaussian, order: wholePerAxis(0, 0, 'order of the derivative') }),
  gaussianLaplace: withBorder(gaussian),
  gaussianGradientMagnitude: withBorder(gaussian),
  uniformFilter: withBorder({
    size: wholePerAxis(3, 1, 'extent in samples'),
    origin: wholePerAxis(0, -maxWeights, 'shift of the window'),
    axes,
  }),
  sobel: withBorder({ axis }),
  prewitt: withBorder({ axis }),
  scharr: withBorder({ axis }),
  laplace: withBorder({ axes }),
  gradientMagnitude: withBorder({
    operator: oneOf('sobel', 'filter for each derivative', 'sobel', 'prewitt', 'scharr'),
    axes,
  }),
  savitzkyGolay: {
    defaultBoundary: 'interp',
    parameters: {
      window: parameter(
        5,
        'samples of a fit',
        `a whole number from 1 to ${maxWeights}`,
        (value) => isWhole(value, 1) && (value as number) <= maxWeights,
      ),
      order: parameter(2, 'degree of the polynomial', 'a whole number ≥ 0', (value) =>
        isWhole(value, 0),
      ),
      derivative: parameter(0, 'order of the derivative', 'a whole number ≥ 0', (value) =>
        isWhole(value, 0),
      ),
      spacing: parameter(
        1,
        'distance between two samples',
        'a finite number other than 0',
        (value) => Number.isFinite(value) && value !== 0,
      ),
      axis,
    },
  },
  correlateNormalized: { defaultBoundary: undefined, parameters: {} },
  filterImage: {
    defaultBoundary: 'reflect',
    parameters: {
      alpha: oneOf('keep', 'what happens to alpha', 'keep', 'filter', 'premultiply'),
      channels: oneOf('each', 'each colour alone or their sum', 'each', 'sum'),
      output: oneOf('clip', 'how results become bytes', 'clip', 'abs', 'offset', 'minmax'),
      combine: oneOf(undefined, 'how several results become one', 'magnitude', 'max', 'sum'),
    },
  },
  autocorrelate: {
    defaultBoundary: undefined,
    parameters: { mode: oneOf('full', 'which shifts', 'full', 'same') },
  },
}
