/** webpack finds the worker of the page, and copies the script of the library's workers. */

import { copyFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import webpack from 'webpack'

writeFileSync('worker-url.js', "export default new URL('stridefold/worker', import.meta.url)\n")
const folder = resolve('dist/webpack')
const stats = await new Promise((done, fail) =>
  webpack(
    {
      ...{ mode: 'production', entry: './main.js', target: ['web', 'es2022'] },
      ...{ performance: false, output: { path: folder, filename: 'main.js' } },
    },
    (error, result) => (error ? fail(error) : done(result)),
  ),
)
if (stats.hasErrors() || stats.hasWarnings()) {
  console.error(stats.toString('errors-warnings'))
  process.exitCode = 1
}
copyFileSync('index.html', `${folder}/index.html`)
