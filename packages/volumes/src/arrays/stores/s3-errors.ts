/** What an answer of S3 means, in one sentence: who must do what. */

import { VolumeError } from '../../errors.ts'
import { type S3Place, s3Address } from './s3-address.ts'

interface SdkError {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number }
}

export const statusOf = (error: unknown): number =>
  (error as SdkError | undefined)?.$metadata?.httpStatusCode ?? 0

/** No object of this key. A missing bucket is an error, and a refusal is one, too. */
export const isMissing = (error: unknown): boolean =>
  statusOf(error) === 404 && (error as SdkError).name !== 'NoSuchBucket'

/** The error of a request that was sent `attempts` times. */
export function failure(
  place: S3Place,
  done: 'read' | 'written' | 'listed',
  error: unknown,
  { attempts }: { readonly attempts: number },
): VolumeError {
  if (error instanceof VolumeError) return error
  const text = `${s3Address(place)} cannot be ${done}: ${reasonOf(place, error, attempts)}`
  return new VolumeError('store', text, { cause: error })
}

function reasonOf({ bucket, key }: S3Place, error: unknown, attempts: number): string {
  const { name = 'Error', message = String(error), code } = error as SdkError
  const status = statusOf(error)
  if (name === 'CredentialsProviderError' || /credential/i.test(name))
    return (
      'no credentials for S3 were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ' +
      'AWS_PROFILE.'
    )
  if (name === 'NoSuchBucket')
    return `there is no bucket '${bucket}'. Change the address, or make the bucket.`
  if (status === 401 || status === 403) {
    const kind = /^[a-z]+$/i.test(name) ? `${status} ${name}` : `${status}`
    return (
      `access to the key '${key}' in the bucket '${bucket}' is denied (${kind}). Check the ` +
      'credentials and their rights. Without the right s3:ListBucket, S3 denies what is not there.'
    )
  }
  if (status === 301 || status === 307)
    return `the bucket '${bucket}' is in another region. Set AWS_REGION.`
  const why = status > 0 ? `the server answered ${status} (${name})` : `${code ?? name}: ${message}`
  const isPassing = status >= 500 || status === 429 || status === 0
  return isPassing ? `${why}, ${attempts} times. Try again later.` : `${why}: ${message}.`
}
