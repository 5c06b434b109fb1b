/**
 * Arrays as files: `.npy` by the library, and CSV. And the names of files: they say what is in
 * them.
 */

import { writeNpy } from 'stridefold/npy'
import { contiguous, type NdArray } from 'stridefold/sync'

import { product } from '../model/numbers.ts'

export type Bytes = Uint8Array<ArrayBuffer>

export const npyOf = (array: NdArray): Bytes => writeNpy(array) as Bytes

/**
 * One line for each row along the last axis. The shortest digits that give the same number. Other
 * tasks of the page come between two parts.
 */
export async function csvOf(array: NdArray): Promise<Blob> {
  const { shape, data, offset } = contiguous(array)
  const width = shape.at(-1) ?? 1
  const end = offset + product(shape)
  const parts: string[] = []
  for (let at = offset; at < end; at += partNumbers) {
    const words = Array.from(data.subarray(at, Math.min(at + partNumbers, end)), digitsOf(array))
    const isLast = (i: number): boolean => (at + i - offset + 1) % width === 0
    parts.push(words.map((word, i) => `${word}${isLast(i) ? '\n' : ','}`).join(''))
    await new Promise((resolve) => setTimeout(resolve))
  }
  return new Blob(parts, { type: 'text/csv' })
}

/** Takes a few milliseconds. */
const partNumbers = 1 << 13

/** float32 numbers need at most nine digits. */
const digitsOf =
  ({ dtype }: NdArray) =>
  (value: number): string => {
    if (dtype !== 'float32') return String(value)
    for (let digits = 6; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits))
      if (Math.fround(short) === value) return String(short)
    }
    return String(Number(value.toPrecision(9)))
  }

/** `input-5x7.npy` */
export const fileName = (what: string, shape: readonly number[], ending: string): string =>
  `${[what, shape.join('x')].filter(Boolean).join('-')}.${ending}`

/** Saves a file that is made now, and tells what became of it. */
export type Save = (name: string, make: () => Blob | Promise<Blob>) => void

/** Gives the user a file. It is made on this device. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The browser reads the file after this task.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
