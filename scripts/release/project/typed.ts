/** Read as an ES module by TypeScript's `node16`, `nodenext` and `bundler`. */

import { filterVolume, openVolume } from '@stridefold/volumes'
import { correlate, type NdArray, ndarray } from 'stridefold'
import { planBoxes } from 'stridefold/boxes'
import { readNpy } from 'stridefold/npy'
import { correlate as correlateSync } from 'stridefold/sync'
import { definition } from 'stridefold/verify'

const x = ndarray(Float32Array.of(1, 2, 3))
export const later: Promise<NdArray<'float32'>> = correlate(x, x)
export const bytes: NdArray<'uint8'> = correlateSync(x, x, { dtype: 'uint8', boundary: 'edge' })
export const read: (file: Uint8Array) => NdArray = (file) => readNpy(file)
export const rest: unknown[] = [planBoxes, definition, filterVolume, openVolume]
// @ts-expect-error there is no such border
correlateSync(x, x, { boundary: 'no-such-border' })
