/**
 * What the picture page does to a picture, as data: a list of filters, and how their results become
 * a picture again. The link holds all of it; the picture itself is never in it.
 */

/** The pictures of the lab. `own` stands for the user's picture or camera. */
export const sampleNames = ['scene', 'rings', 'cutout'] as const
export type SampleName = (typeof sampleNames)[number]

export const borders = ['reflect', 'symmetric', 'edge', 'wrap', 'zero'] as const
export type Border = (typeof borders)[number]

/** Each colour by itself, their brightness, or one of them. */
export const channelChoices = ['each', 'luma', 'red', 'green', 'blue'] as const
export type Channels = (typeof channelChoices)[number]

/** Alpha stays as it is; is filtered like a colour; or weights the colours and is filtered. */
export const alphaChoices = ['keep', 'filter', 'premultiply'] as const
export type Alpha = (typeof alphaChoices)[number]

/** How results become grey values: as in `stridefold filter --output`. */
export const showings = ['clip', 'offset', 'abs', 'minmax'] as const
export type Showing = (typeof showings)[number]

/** A kernel as `stridefold filter -k` takes it, or its weights row by row. */
export type KernelSpec =
  | { readonly name: string }
  | { readonly width: number; readonly height: number; readonly values: readonly number[] }

/** The weights are divided by `divisor`; with `isNormalised` by their sum instead. */
export interface Filter {
  readonly kernel: KernelSpec
  readonly divisor: number
  /** Added to every result. */
  readonly offset: number
  readonly isNormalised: boolean
  readonly isOn: boolean
}

export interface PhotoSettings {
  readonly picture: SampleName | 'own'
  readonly filters: readonly Filter[]
  readonly border: Border
  readonly channels: Channels
  readonly alpha: Alpha
  /** Whether the sums are formed in linear light instead of the stored values. */
  readonly isLinear: boolean
  /** `auto`: zero in the middle if the weights of the filters sum to 0, else cut at 0 and 255. */
  readonly show: Showing | 'auto'
  /** Whether the GPU computes. Not in the link: another machine may have none. */
  readonly isOnGpu?: boolean
}

/** The largest extent of a kernel on this page. */
export const maxKernel = 31
export const maxFilters = 8

export const filterOf = (kernel: KernelSpec): Filter => ({
  kernel,
  divisor: 1,
  offset: 0,
  isNormalised: false,
  isOn: true,
})

export const usualPhoto: PhotoSettings = {
  picture: 'scene',
  filters: [filterOf({ name: 'gaussian:sigma=2' })],
  border: 'reflect',
  channels: 'each',
  alpha: 'keep',
  isLinear: false,
  show: 'auto',
}
