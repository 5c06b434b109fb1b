/** What the page and its worker say to each other. */

export interface Settings {
  readonly filter: 'blur' | 'sharpen' | 'edges'
  /** Pixels: the sigma of the Gaussian in each filter. */
  readonly size: number
}

/** What the worker can do, with what it returns. */
export interface Jobs {
  /** Shows the picture of a file, or one that the worker draws. */
  open: { readonly job: { readonly file: Blob | undefined }; readonly result: PictureSize }
  /** Filters the picture that was opened, and shows the result. */
  filter: { readonly job: Settings; readonly result: { readonly milliseconds: number } }
  /** The picture that is shown, as a PNG file. */
  save: { readonly job: undefined; readonly result: Blob }
}

export interface PictureSize {
  readonly width: number
  readonly height: number
}

export type Request =
  | { readonly canvas: OffscreenCanvas }
  | {
      [Name in keyof Jobs]: {
        readonly id: number
        readonly name: Name
        readonly job: Jobs[Name]['job']
      }
    }[keyof Jobs]
  /** Ends the job with this id. */
  | { readonly abort: number }

export type Answer =
  | { readonly id: number; readonly result: Jobs[keyof Jobs]['result'] }
  | { readonly id: number; readonly error: string }
