/**
 * What the registry has, and sending to it. A version that is there is never replaced: with the
 * same bytes it is skipped, so that a release that broke off can go on, with others it is refused.
 */

import { spawnSync } from 'node:child_process'
import type { Archive } from './packages.ts'

export interface Sent {
  /** Names of packages that the registry has, byte by byte. */
  readonly same: readonly string[]
  /** Names of packages that it has in this version with other bytes. */
  readonly taken: readonly string[]
}

/** Compares archives with those of the registry. Throws where it cannot be reached. */
export function alreadySent(archives: readonly Archive[]): Sent {
  const found = archives.map((archive) => ({ archive, there: integrityThere(archive) }))
  const nameOf = ({ archive }: { readonly archive: Archive }): string => archive.name
  return {
    same: found.filter(({ archive, there }) => there === archive.integrity).map(nameOf),
    taken: found
      .filter(({ archive, there }) => there !== undefined && there !== archive.integrity)
      .map(nameOf),
  }
}

/** The hash of this version in the registry; undefined if it has none. */
function integrityThere({ name, version }: Archive): string | undefined {
  const wanted = [`${name}@${version}`, 'dist.integrity']
  const { status, stdout, stderr } = npm(['view', ...wanted, '--json', '--prefer-online'])
  const answer = stdout.trim() === '' ? undefined : JSON.parse(stdout)
  if (status === 0) return answer
  if (answer?.error?.code === 'E404') return undefined
  throw new Error(`The registry did not answer for ${name}: ${stderr || stdout}`)
}

interface Sending {
  /** The name under which the registry lists it, such as 'latest' or 'next'. */
  readonly tag: string
  /** Whether the registry is given a signed statement of where the archive was made. */
  readonly isSigned: boolean
}

/** Sends an archive. Throws with npm's message if that fails. */
export function send({ name, file }: Archive, { tag, isSigned }: Sending): void {
  const signed = isSigned ? ['--provenance'] : []
  const { status, stderr } = npm(['publish', file, '--access', 'public', '--tag', tag, ...signed])
  if (status !== 0) throw new Error(`${name} was not published:\n${stderr}`)
}

const npm = (args: readonly string[]) => spawnSync('npm', args, { encoding: 'utf8' })
