/** Read as a CommonJS module by TypeScript's `node16`. */

import { correlate, type NdArray, ndarray } from 'stridefold'

import sync = require('stridefold/sync')

const x = ndarray(Float32Array.of(1, 2, 3))
export const later: Promise<NdArray<'float32'>> = correlate(x, x)
export const bytes: NdArray<'uint8'> = sync.correlate(x, x, { dtype: 'uint8' })
// @ts-expect-error there is no such border
sync.correlate(x, x, { boundary: 'no-such-border' })
