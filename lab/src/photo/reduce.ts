/**
 * Reduces a picture that comes strip by strip to a size to show: the mean of all pixels that fall
 * on one, with transparent ones counting less.
 */

import type { Pixels } from './pixels.ts'

interface Size {
  readonly width: number
  readonly height: number
}

export class Reducer {
  readonly #from: Size
  readonly #to: Size
  readonly #sums: Float32Array
  readonly #counts: Uint32Array
  readonly #columns: Int32Array

  constructor(from: Size, to: Size) {
    this.#from = from
    this.#to = to
    this.#sums = new Float32Array(to.width * to.height * 4)
    this.#counts = new Uint32Array(to.width * to.height)
    this.#columns = Int32Array.from({ length: from.width }, (_, x) =>
      Math.floor((x * to.width) / from.width),
    )
  }

  /** Adds whole rows; the first is row `y` of the picture. */
  add({ width, height, data }: Pixels, y: number): void {
    const [sums, counts, columns] = [this.#sums, this.#counts, this.#columns]
    for (let row = 0; row < height; row++) {
      const first = Math.floor(((y + row) * this.#to.height) / this.#from.height) * this.#to.width
      let from = row * width * 4
      for (let column = 0; column < width; column++, from += 4) {
        const place = first + columns[column]!
        const alpha = data[from + 3]!
        counts[place]!++
        const to = 4 * place
        sums[to]! += data[from]! * alpha
        sums[to + 1]! += data[from + 1]! * alpha
        sums[to + 2]! += data[from + 2]! * alpha
        sums[to + 3]! += alpha
      }
    }
  }

  image(): ImageData {
    const image = new ImageData(this.#to.width, this.#to.height)
    const { data } = image
    for (let place = 0; place < this.#counts.length; place++) {
      const at = 4 * place
      const alpha = this.#sums[at + 3]!
      if (alpha === 0) continue
      for (let c = 0; c < 3; c++) data[at + c] = this.#sums[at + c]! / alpha
      data[at + 3] = alpha / this.#counts[place]!
    }
    return image
  }
}
