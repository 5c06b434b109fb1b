/**
 * The options of a call after the check (check-options.ts), which all later code uses.
 */

import type { Activation } from '../ndarray/activation.ts'
import type {
  ConvolveOptions,
  PaddingSamples,
  PerAxis,
  RunOptions,
  SignalOptions,
  TransposedOptions,
} from './options.ts'
import type { Mode, PaddingName } from './padding.ts'

/**
 * Options after the check: every option that has a default has a value. `option-rules.ts` has the
 * defaults.
 */
export type Checked<Options> = Omit<Options, WithDefault> &
  Required<Pick<Options, Extract<keyof Options, WithDefault>>>

type WithDefault =
  | 'algorithm'
  | 'accuracy'
  | 'tune'
  | 'deterministic'
  | 'backend'
  | 'threads'
  | 'memoryLimit'
  | 'verify'
  | 'stride'
  | 'dilation'
  | 'boundary'
  | 'layout'

/**
 * The checked options of `convolve` and `correlate`: either `mode` or `padding` has a value.
 * 'same-upper' has become 'same'.
 */
export type CheckedConvolveOptions = CheckedMode<SignalOptions>

/** The same for the calls themselves, in which samples may be missing. */
export type CheckedSignalOptions = CheckedMode<ConvolveOptions>

type CheckedMode<Options> = Omit<Checked<Options>, 'mode' | 'bias'> & {
  readonly bias: number
  readonly mode?: PerAxis<Mode>
}

/** The checked options of a layer. Those of a transposed layer may have `outputPadding` too. */
export type CheckedLayerOptions = Omit<Checked<TransposedOptions>, 'padding'> & {
  readonly padding: PaddingName | PaddingSamples
}

/** The checked options of any call. */
export type CheckedOptions = Checked<RunOptions> & {
  readonly bias?: number | object
  readonly activation?: Activation
}
