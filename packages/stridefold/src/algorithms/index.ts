/**
 * The algorithms there are, in the order in which ties between equal predictions are broken. The one that never refuses stands last.
 */

import type { Algorithm } from './algorithm.ts'
import { fft } from './fft.ts'
import { im2col } from './im2col.ts'
import { naive } from './naive.ts'
import { separable } from './separable.ts'
import { strided } from './strided.ts'
import { toeplitz } from './toeplitz.ts'
import { winograd } from './winograd.ts'

export const allAlgorithms: readonly Algorithm[] = [separable, winograd, fft, strided, im2col, toeplitz, naive]
