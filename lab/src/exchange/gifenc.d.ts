/** The part of gifenc that the lab uses. */
declare module 'gifenc' {
  type Palette = readonly (readonly number[])[]

  export function quantize(
    pixels: Uint8Array | Uint8ClampedArray,
    colours: number,
    options?: { readonly format?: 'rgb565' },
  ): Palette
  export function nearestColorIndex(palette: Palette, colour: readonly number[]): number
  export function GIFEncoder(): {
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: {
        readonly palette?: Palette
        /** Milliseconds. */
        readonly delay: number
        /** Pixels with this index keep the colour of the frame before. */
        readonly transparent?: boolean
        readonly transparentIndex?: number
        readonly dispose?: 1
        /** 0: again and again. */
        readonly repeat?: number
      },
    ): void
    finish(): void
    bytes(): Uint8Array<ArrayBuffer>
  }
}
