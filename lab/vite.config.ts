/**
 * How does the page become plain files? Relative addresses, so that any host and any folder will
 * do; a content security policy and a service worker that knows the list of files are added to what
 * is built.
 */

import { createHash } from 'node:crypto'
import { defaultClientConditions, defineConfig, type Plugin, type UserConfig } from 'vite'
import { contentSecurityPolicy } from './src/offline/policy.ts'

const workerFile = 'service-worker.js'

/**
 * The policy as a tag, for hosts that send no headers. Development reloads by inline script and
 * style and goes without.
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
 * Tells the service worker what there is to keep, and under which name: a new build, a new name.
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
      },
    },
  },
  server: { host: '127.0.0.1' },
})
export default config
