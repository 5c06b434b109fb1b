/** Kernels for the tests of images: a mean, one that clips, a pair of edges, one of even width. */

export type Rows = readonly (readonly number[])[]

export const blur: Rows = [
  [1, 2, 1],
  [2, 4, 2],
  [1, 2, 1],
].map((row) => row.map((weight) => weight / 16))
export const sharpen: Rows = [
  [0, -1, 0],
  [-1, 5, -1],
  [0, -1, 0],
]
export const sobelX: Rows = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
]
export const sobelY: Rows = [
  [-1, -2, -1],
  [0, 0, 0],
  [1, 2, 1],
]
export const wide: Rows = [
  [1, -3, 2, 4],
  [0, 2, -1, 1],
]
