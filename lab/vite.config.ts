/**
 * Builds the page into static files with relative addresses, so that it works on any host and in
 * any folder. Adds a content security policy and a service worker with the list of files.
 */

import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { build, defaultClientConditions, defineConfig, type Plugin, type UserConfig } from 'vite'
import { contentSecurityPolicy } from './src/offline/policy.ts'

const workerFile = 'service-worker.js'

/**
 * The policy as a `meta` tag, for hosts that send no headers. The development server has no policy,
 * because it reloads with inline scripts and styles.
 */
const policy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
      injectTo: 'head-prepend',
    },
  ],
}

/**
 * Writes the list of files and a version into the service worker. Every new build has a new
 * version.
 */
const precache: Plugin = {
  name: 'precache',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const worker = bundle[workerFile]
      if (worker?.type !== 'chunk') throw new Error(`The build made no ${workerFile}.`)
      const files = [
        './',
        'icon.svg',
        'manifest.webmanifest',
        ...Object.keys(bundle).filter((name) => name !== workerFile),
      ]
      const hash = createHash('sha256')
      for (const file of Object.values(bundle))
        hash.update(file.type === 'chunk' ? file.code : file.source)
      for (const [name, value] of Object.entries({
        __FILES__: files,
        __VERSION__: hash.digest('hex').slice(0, 12),
      })) {
        if (!worker.code.includes(name)) throw new Error(`${workerFile} has no place for ${name}.`)
        worker.code = worker.code.replaceAll(name, JSON.stringify(value))
      }
    },
  },
}

const shared: UserConfig = {
  root: import.meta.dirname,
  resolve: { conditions: ['@stridefold/source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
}

/** What is imported when it is needed is not part of the first screen. */
const withoutLater: Plugin = {
  name: 'without-later',
  resolveDynamicImport: (specifier) => ({ id: String(specifier), external: true }),
}

/**
 * The files of the first screen, found by building it alone, and what these files of the library
 * import. Other parts of the page need more of a file, and what it imports for them must not become
 * a second file that the first screen loads.
 */
async function firstScreenFiles(): Promise<ReadonlySet<string>> {
  const files = new Set<string>()
  const addImports = (id: string, importsOf: (id: string) => readonly string[]): void => {
    for (const imported of importsOf(id))
      if (!files.has(imported)) {
        files.add(imported)
        addImports(imported, importsOf)
      }
  }
  const collect: Plugin = {
    name: 'collect',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) =>
        file.type === 'chunk' ? Object.entries(file.modules) : [],
      )
      const used = modules.flatMap(([id, { code }]) => (code ? [id] : []))
      for (const id of used) files.add(id)
      for (const id of used)
        if (id.startsWith(librarySource))
          addImports(id, (of) => this.getModuleInfo(of)?.importedIds ?? [])
    },
  }
  await build({
    ...shared,
    configFile: false,
    logLevel: 'warn',
    plugins: [withoutLater, collect],
    build: { write: false, rolldownOptions: { input: `${import.meta.dirname}/src/main.tsx` } },
  })
  return files
}

/** The folder of the library. Its entry points have no code, so they are none of these files. */
const librarySource = resolve(import.meta.dirname, '../packages/stridefold/src/')

/**
 * Puts the script of the first screen into one file. By itself the bundler cuts it into many, by
 * which other part of the page shares them, and adds files of the library that only other parts
 * need, because all come from one entry point.
 */
const oneFirstFile: Plugin = {
  name: 'one-first-file',
  apply: 'build',
  config: async () => {
    const files = await firstScreenFiles()
    const codeSplitting = {
      groups: [{ name: 'first', test: (id: string) => files.has(id) }],
      includeDependenciesRecursively: false,
    }
    return { build: { rolldownOptions: { output: { codeSplitting } } } }
  },
  generateBundle(_, bundle) {
    const first = Object.values(bundle).find(({ name }) => name === 'first')
    const others = first?.type === 'chunk' ? first.imports : ['no script']
    if (others.length > 0)
      throw new Error(`The script of the first screen is not one file. It needs ${others.join()}.`)
  },
}

const config: UserConfig = defineConfig({
  ...shared,
  base: './',
  plugins: [policy, precache, oneFirstFile],
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        index: `${import.meta.dirname}/index.html`,
        embed: `${import.meta.dirname}/embed.html`,
        'service-worker': `${import.meta.dirname}/src/offline/service-worker.ts`,
      },
      output: {
        entryFileNames: (chunk) =>
          chunk.name === 'service-worker' ? workerFile : 'assets/[name]-[hash].js',
      },
    },
  },
  server: { host: '127.0.0.1' },
})
export default config
