/** Addresses of buckets, `s3://bucket/key`, and what a caller may say about their server. */

import { VolumeError } from '../../errors.ts'

/** For addresses that begin with s3:. What is left out comes from the environment. */
export interface S3Options {
  /** The server. Default: `AWS_ENDPOINT_URL`, or Amazon. */
  readonly endpoint?: string
  /** Default: `AWS_REGION`, or that of the profile, or `us-east-1`. */
  readonly region?: string
  /**
   * Whether the bucket is the first part of the path, not of the host name. Default:
   * `AWS_S3_FORCE_PATH_STYLE`, or true if an endpoint is given.
   */
  readonly forcePathStyle?: boolean
  /** Default: those that the AWS SDK finds: environment, profile, machine. */
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  /** How often a request is sent at most. Default 5. */
  readonly attempts?: number
  /** Milliseconds without a byte after which an attempt has failed. Default 30 000. */
  readonly timeout?: number
}

export const isS3 = (address: string): boolean => /^s3:/i.test(address)

export interface S3Place {
  readonly bucket: string
  /** Without slashes at its ends; '' is the bucket itself. */
  readonly key: string
}

export function s3Place(address: string): S3Place {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/+(.*))?$/i.exec(address) ?? []
  if (bucket !== undefined) return { bucket, key: key.replace(/\/+$/, '') }
  throw new VolumeError(
    'request',
    `${address} names no bucket. Write it as s3://bucket/path/in.zarr.`,
  )
}

export const s3Address = ({ bucket, key }: S3Place): string =>
  key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`

/** Whether `inner` is `outer`, or lies below it. */
export function isInsideS3(inner: string, outer: string): boolean {
  const [a, b] = [s3Place(inner), s3Place(outer)]
  return a.bucket === b.bucket && (b.key === '' || `${a.key}/`.startsWith(`${b.key}/`))
}
