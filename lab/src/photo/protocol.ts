/**
 * What the page and its worker tell each other. Every request has a number. A newer request of the
 * same kind ends the older one, whose answer never comes.
 */

import type { Rectangle } from './chain.ts'
import type { Clipped, Histogram, Pixels } from './pixels.ts'
import type { PhotoSettings, SampleName, Showing } from './settings.ts'

/** The most pixels of the picture that is shown on the screen. */
export interface Room {
  readonly width: number
  readonly height: number
}

export type Request =
  | { readonly kind: 'open'; readonly from: SampleName | Blob | ImageBitmap }
  | { readonly kind: 'filter'; readonly settings: PhotoSettings; readonly room: Room }
  | ({ readonly kind: 'frame'; readonly settings: PhotoSettings } & FrameRequest)
  | { readonly kind: 'detail'; readonly settings: PhotoSettings; readonly part: Rectangle }
  | { readonly kind: 'probe'; readonly settings: PhotoSettings; readonly probe: Probe }
  | { readonly kind: 'hood'; readonly settings: PhotoSettings; readonly hood: HoodRequest }
  | { readonly kind: 'analyse'; readonly settings: PhotoSettings; readonly filter: number }
  | { readonly kind: 'save'; readonly settings: PhotoSettings; readonly format: SaveFormat }
  | { readonly kind: 'stop'; readonly what: Kind }

/** What a browser gives for a frame: the first where it is known, else the second. */
export type Frame = VideoFrame | ImageBitmap

export interface FrameRequest {
  readonly image: Frame
  /** Whether the page shows its counts. Counting takes as long as filtering. */
  readonly isCounted: boolean
  /** Buffers of frames that are no longer shown. */
  readonly spare: readonly ArrayBuffer[]
}

export type Kind = Request['kind']
export type SaveFormat = 'png' | 'npy'

export type Numbered = Request & { readonly id: number }

/** A pixel, and how many pixels around it are shown. */
export interface Probe {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** The samples under a filter around a pixel: `margin` windows on every side of it. */
export interface HoodRequest {
  readonly x: number
  readonly y: number
  readonly filter: number
  readonly margin: number
  readonly channel: number
}

export interface Opened {
  readonly width: number
  readonly height: number
  readonly hasAlpha: boolean
}

/** What a run of all filters found. */
export interface Stats {
  readonly width: number
  readonly height: number
  readonly show: Showing
  readonly low: number
  readonly high: number
  readonly before: Histogram
  readonly after: Histogram
  readonly clipped: Clipped
  /** Of the filters, without reading and writing pixels. */
  readonly filterMs: number
  readonly wholeMs: number
}

/** A picture for the screen; a frame of the camera comes as its pixels. */
export type Drawable = ImageBitmap | Pixels

export interface Shown {
  readonly before?: Drawable | undefined
  readonly after: Drawable
  /** Undefined for a frame of the camera that was not counted. */
  readonly stats: Stats | undefined
  /** Whether the picture was reduced before it was filtered. The whole one follows. */
  readonly isReduced: boolean
}

/** A part of a large picture with all its pixels. */
export interface Detail {
  readonly part: Rectangle
  readonly before: ImageBitmap
  readonly after: ImageBitmap
}

export interface Probed extends Probe {
  /** The bytes of the pixel: red, green, blue, alpha. */
  readonly source: readonly number[]
  /** The results of the pixel, before they are rounded and cut: one for each filtered colour. */
  readonly results: readonly number[]
  /** Rows of (2·radius + 1)² pixels before and after. Outside the picture they are transparent. */
  readonly before: Uint8ClampedArray
  readonly after: Uint8ClampedArray
}

export interface Hood {
  readonly width: number
  readonly height: number
  readonly values: readonly number[]
}

/** What the library knows about a filter. */
export interface Analysis {
  readonly width: number
  readonly height: number
  readonly sum: number
  readonly isZeroSum: boolean
  readonly rank: number | undefined
  readonly isFlipInvariant: boolean
  /** |H| on a grid of 64 × 64 frequencies. Index 0 is the frequency 0. */
  readonly response: Float64Array
  readonly plan: {
    readonly algorithm: string
    readonly backend: string
    readonly milliseconds: number
    readonly text: string
  }
}

export type Answer =
  | ({ readonly kind: 'opened' } & Opened)
  | ({ readonly kind: 'shown' } & Shown)
  | { readonly kind: 'progress'; readonly of: 'filter' | 'save'; readonly done: number }
  | ({ readonly kind: 'detail' } & Detail)
  | ({ readonly kind: 'probed' } & Probed)
  | ({ readonly kind: 'hood' } & Hood)
  | ({ readonly kind: 'analysed' } & Analysis)
  | { readonly kind: 'saved'; readonly blob: Blob; readonly format: SaveFormat }
  | { readonly kind: 'fault'; readonly of: Kind; readonly message: string }

export type NumberedAnswer = Answer & { readonly id: number }
