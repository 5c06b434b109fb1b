/** esbuild leaves addresses as they are: the worker of the page is an entry of its own. */

import { copyFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

writeFileSync(
  'worker-url.js',
  "export default new URL('./stridefold-worker.js', import.meta.url)\n",
)
await build({
  entryPoints: ['main.js', 'in-worker.js'],
  ...{ bundle: true, format: 'esm', splitting: true, minify: true, target: 'es2022' },
  ...{ outdir: 'dist/esbuild', logLevel: 'warning' },
})
copyFileSync('node_modules/stridefold/dist/worker.js', 'dist/esbuild/stridefold-worker.js')
copyFileSync('index.html', 'dist/esbuild/index.html')
