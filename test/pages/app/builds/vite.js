/** Vite finds the worker of the page, and writes the script of the library's workers as a file. */

import { writeFileSync } from 'node:fs'
import { build } from 'vite'

writeFileSync(
  'worker-url.js',
  "import url from 'stridefold/worker?url&no-inline'\nexport default url\n",
)
await build({
  ...{ configFile: false, base: './', logLevel: 'warn' },
  build: { outDir: 'dist/vite', target: 'esnext', modulePreload: false },
  worker: { format: 'es' },
})
