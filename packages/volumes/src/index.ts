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
export type { S3Options } from './arrays/stores/s3-address.ts'
export type { TaskPart } from './cut/grid.ts'
export type { MemoryBound } from './cut/memory-bound.ts'
export { type Fault, VolumeError } from './errors.ts'
export {
  type FilteredVolume,
  type FilterVolumeOptions,
  filterVolume,
} from './filter/filter-volume.ts'
export type { Operation, OperationOptions } from './filter/operation.ts'
export type { Progress } from './filter/progress.ts'
export { addPyramid, type PyramidOptions } from './filter/pyramid.ts'
export { engines, taskFromEnvironment } from './jobs/engines.ts'
export { addressFrom, addressInJob, type Job, type OpenAs, readJob, writeJob } from './jobs/job.ts'
export { type JobStatus, jobStatus } from './jobs/job-status.ts'
export type { FailedBox } from './jobs/notes.ts'
export { type PlanJobOptions, planJob } from './jobs/plan-job.ts'
export { defaultMemoryLimit, type JobOptions } from './jobs/prepare.ts'
export type { ResultOptions } from './jobs/result-layout.ts'
export { runJob } from './jobs/run-job.ts'
export type { JobRan, RunJobOptions } from './jobs/run-part.ts'
export { type EngineName, engineNames, type SubmitOptions, submitText } from './jobs/submit.ts'
export { bytesText } from './text.ts'
