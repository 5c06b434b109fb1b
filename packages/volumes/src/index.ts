/** Arrays that are larger than memory: their formats, filters and jobs. */

export type { ArrayInfo, Axis, Range, StoredArray, WritableArray } from './arrays/stored-array.ts'
export { type Fault, VolumeError } from './errors.ts'
