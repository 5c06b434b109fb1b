/** Builds the site: the pages, the lab below them, and addresses that hold below any path. */

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { build as rolldown } from 'rolldown'
import { build } from 'vitepress'
import { builtFolder, pagesFolder, siteFolder } from './folders.ts'
import { pictures } from './links.ts'
import { pages } from './pages.ts'
import { makeRelative } from './relative.ts'
import { root } from './repository.ts'

/** Writes the pages that VitePress reads. */
export function writePages(): void {
  rmSync(pagesFolder, { recursive: true, force: true })
  for (const { address, text } of pages()) write(`${pagesFolder}/${address}.md`, text)
  for (const [file, name] of Object.entries(pictures)) {
    mkdirSync(`${pagesFolder}/public/pictures`, { recursive: true })
    cpSync(join(root, file), `${pagesFolder}/public/pictures/${name}`)
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Builds everything into `site/dist`. */
export async function buildSite(): Promise<void> {
  buildLab()
  writePages()
  rmSync(builtFolder, { recursive: true, force: true })
  await build(siteFolder)
  makeRelative(builtFolder)
  await buildLibrary()
  cpSync(join(root, 'lab/dist'), `${builtFolder}/lab`, { recursive: true })
  // A host shows this page at any address, so nothing in it can be relative.
  writeFileSync(`${builtFolder}/404.html`, notFoundPage)
}

function buildLab(): void {
  const { status, stderr } = spawnSync(
    'npm',
    ['run', '--silent', 'build', '-w', '@stridefold/lab'],
    { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
  )
  if (status !== 0 || !existsSync(join(root, 'lab/dist/index.html')))
    throw new Error(`The lab was not built: ${stderr}`)
}

/** The library for the examples of the reference. */
const buildLibrary = (): Promise<unknown> =>
  rolldown({
    input: `${siteFolder}/library.ts`,
    logLevel: 'warn',
    resolve: { conditionNames: ['@stridefold/source', 'import', 'default'] },
    output: { file: `${builtFolder}/library.js`, minify: true },
  })

const notFoundPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>No such page · stridefold</title>
<style>
body { font: 100%/1.5 sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1.5rem }
</style>
</head>
<body>
<main>
<h1>No such page</h1>
<p>There is no page at this address. Its parts before the last one may lead to a page.</p>
<p lang="zh-Hans">此地址没有页面。</p>
</main>
</body>
</html>
`
