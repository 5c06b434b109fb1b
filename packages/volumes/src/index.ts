/** Arrays that are larger than memory: their formats, filters and jobs. */

export {
  type CreateOptions,
  createVolume,
  type ExistingVolume,
  existingVolume,
  type NewArray,
} from './arrays/create-volume.ts'
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
export { type Fault, VolumeError } from './errors.ts'
