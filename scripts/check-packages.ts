/**
 * `npm run check:packages`: would the published packages work where they are installed? Packs what
 * was built, and gives the archives to publint (what package.json says against the files) and to
 * the core of @arethetypeswrong/cli (what each way of TypeScript to resolve a module finds).
 *
 * What a package does not promise stands in `notPromised`, with the reason. A line of it that finds
 * nothing is an error, too: it would hide a fault later.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { type Archive, pack, publishedPackages } from './release/packages.ts'

/** Entries that are no modules for an import, with the reason. They are not looked at. */
const notImported: Readonly<Record<string, readonly string[]>> = {
  // A script for `new Worker`, which pages name by its address.
  stridefold: ['./worker'],
}

interface NotPromised {
  readonly package: string
  /** Undefined: every entry. */
  readonly entry?: string
  readonly kind: Problem['kind']
  /** How TypeScript resolves. Undefined: in every way. */
  readonly resolution?: 'node10' | 'node16-cjs'
  readonly reason: string
}

const tools = ['@stridefold/measure', '@stridefold/volumes', '@stridefold/cli']

const notPromised: readonly NotPromised[] = [
  ...tools.flatMap((name): NotPromised[] => [
    {
      package: name,
      kind: 'CJSResolvesToESM',
      resolution: 'node16-cjs',
      reason: 'ES modules only: Node from 20.19 reads them with require',
    },
    {
      package: name,
      kind: 'NoResolution',
      resolution: 'node10',
      reason: 'needs exports, which TypeScript reads with node16 and bundler',
    },
  ]),
  {
    package: 'stridefold',
    entry: './audio-worklet',
    kind: 'CJSResolvesToESM',
    resolution: 'node16-cjs',
    reason: 'a worklet loads it as an ES module, nothing requires it',
  },
]

const folder = mkdtempSync(join(tmpdir(), 'stridefold-packages-'))
try {
  for (const one of publishedPackages()) {
    const archive = pack(one, folder)
    const faults = [...(await faultsOfFields(archive)), ...(await faultsOfTypes(archive))]
    const sizes = `${kilobytes(archive.size)} packed, ${kilobytes(archive.unpackedSize)} unpacked`
    console.log(`${archive.name} ${archive.version}: ${archive.files.length} files, ${sizes}`)
    for (const fault of faults) console.error(`  ${fault}`)
    if (faults.length > 0) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`
}

async function faultsOfFields(archive: Archive): Promise<string[]> {
  const tarball = new Uint8Array(readFileSync(archive.file)).buffer
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
  return messages.map((message) => {
    const text = formatMessage(message, pkg, { color: false, reference: false })
    return `publint ${message.type} ${message.code}: ${text}`
  })
}

async function faultsOfTypes({ name, file }: Archive): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(file)), {
    excludeEntrypoints: [...(notImported[name] ?? [])],
  })
  if (!result.types) return ['the archive has no types.']
  const allowed = notPromised.filter((line) => line.package === name)
  const unused = allowed.filter((line) => !result.problems.some((one) => isMeant(line, one)))
  return [
    ...result.problems
      .filter((one) => !allowed.some((line) => isMeant(line, one)))
      .map((one) => `types: ${JSON.stringify(one)}`),
    ...unused.map(
      ({ kind, reason }) =>
        `notPromised has ${kind} (“${reason}”), which was not found: remove it.`,
    ),
  ]
}

function isMeant({ entry, kind, resolution }: NotPromised, problem: Problem): boolean {
  const at = problem as { readonly entrypoint?: string; readonly resolutionKind?: string }
  return (
    problem.kind === kind &&
    (entry === undefined || at.entrypoint === entry) &&
    (resolution === undefined || at.resolutionKind === resolution)
  )
}
