/** The errors of volumes as failures of the command: by whose fault it is, an exit code. */

import { type Fault, VolumeError } from '@stridefold/volumes'
import { type ExitCode, exitCodes, Failure } from '../failure.ts'

const codes: Readonly<Record<Fault, ExitCode>> = {
  request: exitCodes.usage,
  data: exitCodes.input,
  store: exitCodes.failure,
}

/** Words of the package → words of the command line. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/, or replace it with force\./, ', or replace it with --force.'],
  [/Name another place, go on with it, or replace it\./, 'Name another place, or give --force.'],
  [/Replace it, or name another place\./, 'Give --force to replace it, or name another place.'],
  [/^axes (?=names|has)/, '--axes '],
  [/^(chunks|shards|boundary|stride|dilation|mode|dtype|level) (?=is|has|')/, '--$1 '],
  [/Give at least ([\d.]+) ([KMG])iB/, 'Give at least --memory-limit $1$2'],
  [/^The memory limit is/, '--memory-limit is'],
  [/\bminimumPresent\b/, '--minimum-present'],
  [/\bmissing: 'nan'/, '--missing nan'],
  [/boundary 'missing'/, '--boundary missing'],
]

/** Runs work on volumes. Its errors become failures with the flags of the user. */
export async function withVolumeErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof VolumeError)) throw error
    const words = rules.reduce((text, [pattern, to]) => text.replace(pattern, to), error.message)
    throw new Failure(codes[error.fault], words, { cause: error })
  }
}
