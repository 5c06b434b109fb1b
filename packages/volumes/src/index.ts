/** Arrays that are larger than memory: their formats, filters and jobs. */

export { createVolume, existingVolume } from './arrays/create-volume.ts'
export type { RawOptions } from './arrays/linear/open-raw.ts'
export type { CreateOptions, ExistingVolume, NewArray } from './arrays/new-array.ts'
export { type OpenOptions, openVolume } from './arrays/open-volume.ts'
export type {
  ArrayInfo,
  Axis,
  Codec,
  CodecName,
  Format,
  Range,
  Storage,
  StoredArray,
  WritableArray,
} from './arrays/stored-array.ts'
export type { HttpOptions } from './arrays/stores/request.ts'
export { type Fault, VolumeError } from './errors.ts'
