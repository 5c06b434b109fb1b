/**
 * `npm run check:bundlers`: does the packed library work in pages, however they are built?
 *
 * Packs the library, installs it with the bundlers in a temporary folder, builds one page with each
 * of them, and opens the page in Chromium and Firefox in all variants (variants.ts). Prints a
 * table; fails if anything is wrong. Takes some minutes, so it is not part of `npm test`.
 *
 *     npm run check:bundlers [-- --browser firefox] [-- --build vite]
 */

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type BrowserProgram, findBrowsers, openBrowser } from './browsers.ts'
import { openSite, type Site } from './site.ts'
import { type Found, faultsOf, variants } from './variants.ts'

const { values: only } = parseArgs({
  options: { browser: { type: 'string' }, build: { type: 'string' } },
})

/** A page that has not reported after this long never will, in milliseconds. */
const patience = 180_000

const app = fileURLToPath(new URL('app', import.meta.url))
const library = fileURLToPath(new URL('../../packages/stridefold', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'stridefold-pages-'))
try {
  const builds = install().filter((build) => build === (only.build ?? build))
  for (const build of builds) command('node', [`builds/${build}.js`])
  command('node', ['reference.js'])
  const browsers = findBrowsers().filter(({ name }) => matches(name, only.browser))
  if (browsers.length === 0) throw new Error('this machine has neither Chromium nor Firefox.')
  const site = await openSite(folder)
  const faults = new Map<string, readonly string[]>()
  for (const browser of browsers) await open(browser, builds, site, faults)
  site.close()
  printTable(browsers, builds, faults)
  if ([...faults.values()].some((list) => list.length > 0)) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function matches(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name.toLowerCase() === wanted.toLowerCase()
}

/** Installs the packed library and the bundlers. Returns the names of the builds. */
function install(): string[] {
  cpSync(app, folder, { recursive: true })
  command('npm', ['pack', '--pack-destination', folder], library)
  const packed = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  command('npm', ['install', ...quiet, ...packed.map((name) => `./${name}`)])
  return readdirSync(join(folder, 'builds')).map((name) => name.replace('.js', ''))
}

function command(name: string, args: readonly string[], cwd: string = folder): void {
  console.log(`${name} ${args.join(' ')}`)
  const { status, stdout, stderr } = spawnSync(name, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`'${name} ${args.join(' ')}' failed:\n${stdout}${stderr}`)
}

/** Opens all pages in a browser, one after the other. A page that hangs costs a new browser. */
async function open(
  browser: BrowserProgram,
  builds: readonly string[],
  site: Site,
  faults: Map<string, readonly string[]>,
): Promise<void> {
  const pages = builds.flatMap((build) => variants.map((variant) => ({ build, variant })))
  const pathOf = (index: number): string => {
    const page = pages[index]
    return page === undefined ? '/done' : `/at/${page.build}/${page.variant.name}/`
  }
  for (let index = 0; index < pages.length; ) {
    let onProgress = (): void => undefined
    const record = (list: readonly string[]): void => {
      const { build, variant } = pages[index]!
      faults.set(key(browser.name, build, variant.name), list)
      process.stdout.write(list.length === 0 ? '.' : 'F')
      index++
      onProgress()
    }
    site.onReport = (found: Found) => {
      record(faultsOf(pages[index]!.variant, found))
      return pathOf(index)
    }
    const end = openBrowser(browser, site.address + pathOf(index))
    let before: number
    do {
      before = index
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience)
        onProgress = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    } while (index > before && index < pages.length)
    if (index < pages.length) record([`no report within ${patience / 1000} s`])
    await end()
  }
  console.log(` ${browser.name}`)
}

function key(...parts: readonly string[]): string {
  return parts.join(' ')
}

function printTable(
  browsers: readonly BrowserProgram[],
  builds: readonly string[],
  faults: ReadonlyMap<string, readonly string[]>,
): void {
  const columns = browsers.flatMap(({ name }) => builds.map((build) => key(name, build)))
  const width = Math.max(...variants.map(({ name }) => name.length))
  console.log(`\n${''.padEnd(width)}  ${columns.join('  ')}`)
  for (const { name } of variants) {
    const cells = columns.map((column) => {
      const count = faults.get(key(column, name))?.length
      return (count === 0 ? 'ok' : 'FAULT').padEnd(column.length)
    })
    console.log(`${name.padEnd(width)}  ${cells.join('  ')}`)
  }
  for (const [place, list] of faults) for (const fault of list) console.log(`${place}: ${fault}`)
}
