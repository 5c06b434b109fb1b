/**
 * The AWS SDK, and a client of it with the settings of an address. The SDK is an optional
 * dependency: it is loaded when an address begins with s3:.
 */

import type * as Sdk from '@aws-sdk/client-s3'
import { VolumeError } from '../../errors.ts'
import { modules } from './host.ts'
import type { S3Options } from './s3-address.ts'

const defaultAttempts = 5

export interface Connection {
  readonly sdk: typeof Sdk
  readonly client: Sdk.S3Client
  readonly attempts: number
}

const packageName = '@aws-sdk/client-s3'

/** By `require`, which no bundler follows here. */
function loadSdk(): typeof Sdk {
  const { createRequire } = modules()
  try {
    return createRequire(import.meta.url)(packageName) as typeof Sdk
  } catch (error) {
    const isThere = !(error as Error).message.includes(`'${packageName}'`)
    throw new VolumeError(
      'request',
      isThere
        ? `The package ${packageName} cannot be loaded: ${(error as Error).message}.`
        : `Addresses that begin with s3:// need the package ${packageName}. Install it: ` +
            `npm install ${packageName}.`,
      { cause: error },
    )
  }
}

/** A client. Close it with `destroy`. */
export async function connect(options: S3Options): Promise<Connection> {
  const sdk = loadSdk()
  const { env } = process
  const { attempts = defaultAttempts, timeout = 30_000, endpoint, credentials } = options
  const server = endpoint ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL
  const wanted = env.AWS_S3_FORCE_PATH_STYLE
  const settings: Sdk.S3ClientConfig = {
    maxAttempts: attempts,
    retryMode: 'standard',
    forcePathStyle:
      options.forcePathStyle ?? (wanted ? /^(1|true|yes)$/i.test(wanted) : Boolean(server)),
    requestHandler: { connectionTimeout: timeout, socketTimeout: timeout },
    ...(server && { endpoint: server }),
    ...(credentials && { credentials: { ...credentials } }),
  }
  const given = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  const region = given ?? (await regionOfProfile(sdk)) ?? 'us-east-1'
  return { sdk, client: new sdk.S3Client({ ...settings, region }), attempts }
}

/** That of the profile in the files of AWS. */
async function regionOfProfile(sdk: typeof Sdk): Promise<string | undefined> {
  const client = new sdk.S3Client({})
  try {
    return await client.config.region()
  } catch {
    return undefined
  } finally {
    client.destroy()
  }
}
