/**
 * A project that uses the library as a package: the entry points are built from the source, as in
 * `npm run build`, and lie in its node_modules.
 */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OutputOptions, type RolldownOptions, rolldown } from 'rolldown'

const library = fileURLToPath(new URL('..', import.meta.url))

/** Writes the files of `dist`. */
async function build(dist: string): Promise<void> {
  const configuration = new URL('../rolldown.config.js', import.meta.url).href
  const { default: builds } = (await import(configuration)) as {
    default: readonly (RolldownOptions & { readonly output: OutputOptions })[]
  }
  for (const options of builds) {
    const bundle = await rolldown({ ...options, cwd: library, logLevel: 'silent' })
    const dir = join(dist, relative('dist', options.output.dir!))
    await bundle.write({ ...options.output, dir })
    await bundle.close()
  }
}

/** Makes a project in a new folder with these files beside the package. Remove it afterwards. */
export async function makeProject(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-project-'))
  const installed = join(folder, 'node_modules/stridefold')
  mkdirSync(join(installed, 'dist'), { recursive: true })
  cpSync(join(library, 'package.json'), join(installed, 'package.json'))
  await build(join(installed, 'dist'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
