/**
 * Builds the page into static files with relative addresses, so that it works on any host and in
 * any folder. Adds a content security policy and a service worker with the list of files.
 */

import { createHash } from 'node:crypto'
import { defaultClientConditions, defineConfig, type Plugin, type UserConfig } from 'vite'
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

/**
 * Files of the library that only the workspace needs. By itself the bundler keeps them beside the
 * files that the first screen needs, because both come from one entry point.
 */
const laterFiles =
  /stridefold\/src\/(program\/print|planner\/(make-plan|plan|explain-plan|parts))\.ts$/

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: './',
  resolve: { conditions: ['@stridefold/source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [policy, precache],
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        index: `${import.meta.dirname}/index.html`,
        'service-worker': `${import.meta.dirname}/src/offline/service-worker.ts`,
      },
      output: {
        entryFileNames: (chunk) =>
          chunk.name === 'service-worker' ? workerFile : 'assets/[name]-[hash].js',
        codeSplitting: {
          groups: [{ name: 'library-more', test: laterFiles }],
          includeDependenciesRecursively: false,
        },
      },
    },
  },
  server: { host: '127.0.0.1' },
})
export default config
