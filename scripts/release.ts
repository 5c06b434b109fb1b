/**
 * `npm run release`: from the changelog to the registry, in two steps (docs/releasing.md).
 *
 *     npm run release -- --dry-run [VERSION]  rehearses the next step, and changes nothing
 *     npm run release -- VERSION              writes the version and the changelog
 *     npm run release -- --publish            sends the tagged commit to the registry
 *
 * Every way builds and packs the packages, lists what is in them, installs them in a new project
 * and tries them there. Nothing is sent without `--publish`, and nothing that the registry has is
 * replaced.
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { releasedChangelog, sectionsOf, unreleased } from './release/changelog.ts'
import { type Archive, pack, publishedPackages, root, workspaces } from './release/packages.ts'
import { type Facts, refusals } from './release/refusals.ts'
import { alreadySent, type Sent, send } from './release/registry.ts'
import { installProject, runTrials } from './release/trials.ts'
import { fileAt, manifestAt, placeIn, placesIn, versionFiles } from './release/versions.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'dry-run': { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    'without-provenance': { type: 'boolean', default: false },
    tag: { type: 'string', default: 'latest' },
  },
})
const isDry = flags['dry-run']
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const write = (path: string, text: string): void => writeFileSync(join(root, path), text)

const folder = mkdtempSync(join(tmpdir(), 'stridefold-release-'))
try {
  process.exitCode = release() ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
}

function release(): boolean {
  if (!isDry && !flags.publish && positionals.length === 0)
    throw new Error('Nothing was asked. Give --dry-run, a VERSION to prepare, or --publish.')
  if (flags.publish && positionals.length > 0)
    throw new Error('--publish sends the version that the packages have. Leave VERSION out.')
  const facts = collectFacts()
  const { step, version } = facts
  console.log(`${isDry ? 'Rehearsal: ' : ''}${step} ${version}\n`)
  const reasons = refusals(facts)
  for (const reason of reasons) console.error(`Refused: ${reason}`)
  if (reasons.length > 0 && !isDry) return false
  printSection(facts)
  if (step === 'prepare') writeVersion(facts)
  console.log('Building …\n')
  command('npm', ['run', '--silent', 'build'])
  const archives = packAll()
  const sent = flags.publish ? alreadySent(archives) : undefined
  if (sent !== undefined && sent.taken.length > 0) {
    for (const reason of refusals({ ...facts, taken: sent.taken }))
      console.error(`Refused: ${reason}`)
    return false
  }
  const failed = tryThem(archives)
  if (reasons.length > 0) console.error(`\n${step} ${version} would be refused: see above.`)
  if (failed.length > 0) console.error(`\nFailed: ${failed.join('; ')}`)
  if (reasons.length + failed.length > 0) return false
  if (sent !== undefined) publish(archives, sent)
  else printNext(facts)
  return true
}

function collectFacts(): Facts {
  const published = publishedPackages()
  const sections = sectionsOf(read('CHANGELOG.md'))
  const current = published[0]!.manifest.version
  const version = positionals[0] ?? current
  const isReleased = sections.some(({ title }) => title === version)
  return {
    step: flags.publish || (positionals.length === 0 && isReleased) ? 'publish' : 'prepare',
    version,
    places: [
      ...placesIn(workspaces().filter(({ manifest }) => manifest.version !== undefined)),
      ...versionFiles.map((file) => placeIn(file, read(file.path))),
    ],
    sections,
    changes: git('status', '--porcelain'),
    tagsHere: git('tag', '--points-at', 'HEAD') ?? [],
    allTags: git('tag') ?? [],
    withoutRepository: published
      .filter(({ manifest }) => manifest.repository === undefined)
      .map(({ manifest }) => manifest.name),
    signs: !flags['without-provenance'],
    taken: [],
  }
}

/** The lines that Git prints, or undefined where it fails. */
function git(...args: string[]): string[] | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.split('\n').filter(Boolean) : undefined
}

function printSection({ step, version, sections }: Facts): void {
  const title = step === 'prepare' ? unreleased : version
  const text = sections.find((section) => section.title === title)?.text ?? ''
  const lines = text.split('\n')
  console.log(`CHANGELOG.md, [${title}]: ${lines.length} lines, which begin with\n`)
  for (const line of lines.slice(0, 12)) console.log(`  ${line}`)
  console.log(lines.length > 12 ? '  …\n' : '')
}

/** Writes the version wherever it stands, or only says where. */
function writeVersion({ version, places }: Facts): void {
  const files = [...new Set(places.map(({ place }) => place.split(',')[0]!))]
  console.log(`The version ${version} ${isDry ? 'would stand' : 'stands'} in`)
  for (const file of [...files, 'package-lock.json', 'CHANGELOG.md']) console.log(`  ${file}`)
  console.log('')
  if (isDry) return
  const names = workspaces().map(({ manifest }) => manifest.name)
  for (const path of files) {
    const other = versionFiles.find((file) => file.path === path)
    const text = read(path)
    write(path, other ? fileAt(other, text, version) : manifestAt(text, version, names))
  }
  const today = new Date().toISOString().slice(0, 10)
  write('CHANGELOG.md', releasedChangelog(read('CHANGELOG.md'), version, today))
  command('npm', ['install', '--package-lock-only', '--offline', '--ignore-scripts', '--no-audit'])
}

function packAll(): Archive[] {
  return publishedPackages().map((one) => {
    const archive = pack(one, folder)
    const { name, version, files, size } = archive
    console.log(`${name} ${version}: ${files.length} files, ${Math.round(size / 1000)} kB`)
    for (const [place, count, bytes] of folders(files))
      console.log(`  ${String(count).padStart(5)}  ${String(bytes).padStart(9)} bytes  ${place}`)
    return archive
  })
}

/** The files of an archive by their first two folders. */
function folders(files: Archive['files']): [string, number, number][] {
  const found = new Map<string, [number, number]>()
  for (const { path, size } of files) {
    const above = path.split('/').slice(0, -1)
    const place = above.length === 0 ? path : `${above.slice(0, 2).join('/')}/`
    const [count, bytes] = found.get(place) ?? [0, 0]
    found.set(place, [count + 1, bytes + size])
  }
  return [...found].sort().map(([place, [count, bytes]]) => [place, count, bytes])
}

function tryThem(archives: readonly Archive[]): string[] {
  const project = join(folder, 'project')
  mkdirSync(project)
  console.log('\nInstalled in a new project:')
  installProject(archives, project)
  return runTrials(project)
}

function publish(archives: readonly Archive[], { same }: Sent): void {
  console.log('')
  for (const archive of archives) {
    if (same.includes(archive.name)) {
      console.log(`${archive.name} ${archive.version} is there already, the same bytes.`)
      continue
    }
    send(archive, { tag: flags.tag, isSigned: !flags['without-provenance'] })
    console.log(`${archive.name} ${archive.version} is published.`)
  }
}

function printNext({ step, version }: Facts): void {
  console.log('\nAll is well. Nothing was sent.')
  if (isDry) return
  if (step === 'prepare')
    console.log(`Next: git commit -am 'Release ${version}' && git tag v${version}, and --publish.`)
}

/** Prints what a command printed only if it fails. */
function command(name: string, args: readonly string[]): void {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 } as const
  const { status, stdout, stderr } = spawnSync(name, args, options)
  if (status !== 0) throw new Error(`'${name} ${args.join(' ')}' failed:\n${stdout}${stderr}`)
}
