/**
 * Lists all algorithms, in the order of `algorithmNames`.
 */

import { type AlgorithmName, algorithmNames } from '../geometry/algorithm-names.ts'
import type { Algorithm } from './algorithm.ts'
import { fft } from './fft.ts'
import { im2col } from './im2col.ts'
import { naive } from './naive.ts'
import { separable } from './separable.ts'
import { strided } from './strided.ts'
import { toeplitz } from './toeplitz.ts'
import { winograd } from './winograd.ts'

const byName: Readonly<Record<AlgorithmName, Algorithm>> = {
  separable,
  winograd,
  fft,
  strided,
  im2col,
  toeplitz,
  naive,
}

export const allAlgorithms: readonly Algorithm[] = algorithmNames.map((name) => byName[name])
