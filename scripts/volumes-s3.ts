/**
 * A real server of S3 for `npm run volumes:proof`: s3rver from npm, installed on demand into a
 * folder of its own, so that the workspace does not depend on it. It listens on 127.0.0.1 only.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const version = '3.7.1'
const home = fileURLToPath(new URL('../node_modules/.cache/stridefold-s3rver', import.meta.url))

export interface RunningS3 {
  /** What the commands need to find it. */
  readonly env: Readonly<Record<string, string>>
  put(key: string, path: string): Promise<void>
  end(): void
}

/** Starts the server on a folder, with the bucket `data`. */
export async function s3Server(folder: string): Promise<RunningS3> {
  const program = join(home, 'node_modules/s3rver/bin/s3rver.js')
  if (!fs.existsSync(program)) {
    fs.mkdirSync(home, { recursive: true })
    fs.writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
    const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', `s3rver@${version}`]
    execFileSync('npm', args, { cwd: home, stdio: 'inherit' })
  }
  const args = ['-d', folder, '-a', '127.0.0.1', '-p', '0', '--no-vhost-buckets']
  const child = spawn(process.execPath, [program, ...args, '--configure-bucket', 'data'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const endpoint = `http://127.0.0.1:${await portOf(child)}`
  // What s3rver takes from everybody.
  const key = 'S3RVER'
  const require = createRequire(import.meta.url)
  const sdk: typeof import('@aws-sdk/client-s3') = require('@aws-sdk/client-s3')
  const credentials = { accessKeyId: key, secretAccessKey: key }
  const settings = { endpoint, region: 'us-east-1', forcePathStyle: true, credentials }
  const client = new sdk.S3Client(settings)
  return {
    env: { AWS_ENDPOINT_URL_S3: endpoint, AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: key },
    put: async (name, path) => {
      const Body = fs.readFileSync(path)
      await client.send(new sdk.PutObjectCommand({ Bucket: 'data', Key: name, Body }))
    },
    end: () => {
      client.destroy()
      child.kill()
    },
  }
}

/** From its first line: `S3rver listening on 127.0.0.1:4568`. */
async function portOf(child: ChildProcess): Promise<number> {
  let text = ''
  child.stdout!.on('data', (part) => {
    text += part
  })
  for (;;) {
    const [, port] = /listening on \S+:(\d+)/.exec(text) ?? []
    // What it prints later is its log, which nobody needs.
    if (port !== undefined) return Number(port)
    if (child.exitCode !== null) throw new Error(`s3rver ended: ${text}`)
    await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')])
  }
}
