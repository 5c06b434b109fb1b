/**
 * `npm run starter -- NAME FOLDER`: copies a starter of examples/ to a new folder, and installs it
 * there with the library of this clone. Packages of the library are packed, as they are published.
 * So a starter can be tried before there is a version of the library for it.
 */

import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const examples = join(root, 'examples')

/** The packages of this clone that starters use, by name, with their folders. */
const packages: Readonly<Record<string, string>> = {
  stridefold: 'packages/stridefold',
  '@stridefold/volumes': 'packages/volumes',
}

/** The names of all starters: the folders of examples/ that are projects. */
export const starters: readonly string[] = readdirSync(examples)
  .filter((name) => existsSync(join(examples, name, 'package.json')))
  .sort()

interface Project {
  dependencies: Record<string, string>
}

/**
 * Copies a starter to a folder, which must be empty or new, and installs it. `packed` is a folder
 * with the packages of this clone; without it they are packed.
 */
export async function makeStarter(name: string, folder: string, packed?: string): Promise<void> {
  if (!starters.includes(name))
    throw new Error(`There is no starter '${name}'. There are ${starters.join(', ')}.`)
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty. Name a new folder.`)
  const leftOut = ['node_modules', 'dist', 'package-lock.json']
  cpSync(join(examples, name), folder, {
    recursive: true,
    filter: (path) => !leftOut.includes(basename(path)),
  })
  const file = join(folder, 'package.json')
  const project = JSON.parse(readFileSync(file, 'utf8')) as Project
  const own = Object.keys(packages).filter((key) => key in project.dependencies)
  // The packages of the library depend on each other: what is here comes from here.
  const wanted = own.includes('stridefold') ? own : ['stridefold', ...own]
  if (packed === undefined) await pack(join(folder, 'packed'), wanted)
  else cpSync(packed, join(folder, 'packed'), { recursive: true })
  for (const key of wanted) project.dependencies[key] = `file:packed/${packedName(folder, key)}`
  writeFileSync(file, `${JSON.stringify(project, undefined, 2)}\n`)
  await command('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], folder)
}

/** Builds packages and packs them into a folder. */
export async function pack(
  folder: string,
  names: readonly string[] = Object.keys(packages),
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const name of names)
    await command('npm', ['pack', '--pack-destination', folder], join(root, packages[name]!))
}

function packedName(folder: string, name: string): string {
  const start = `${name.replace('@', '').replace('/', '-')}-`
  const found = readdirSync(join(folder, 'packed')).find(
    (file) => file.startsWith(start) && /^\d/.test(file.slice(start.length)),
  )
  if (found === undefined) throw new Error(`${name} was not packed.`)
  return found
}

/** Runs a command to its end. Returns what it printed; rejects with that if it fails. */
export function command(name: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(name, args, { cwd, shell: process.platform === 'win32' })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => {
        output += text.toString()
      })
    child.on('error', failed)
    child.on('close', (code) => {
      if (code === 0) done(output)
      else failed(new Error(`'${name} ${args.join(' ')}' in ${cwd} failed:\n${output}`))
    })
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [name, folder] = process.argv.slice(2)
  try {
    if (name === undefined || folder === undefined)
      throw new Error(`npm run starter -- NAME FOLDER, with one of ${starters.join(', ')}.`)
    await makeStarter(name, resolve(folder))
    console.log(`${folder} is ready. Its README.md says how to start it.`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
