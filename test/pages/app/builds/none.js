/** No bundler: the files as they are, and an import map. Workers see no import map. */

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const folder = 'dist/none'
mkdirSync(folder, { recursive: true })
cpSync('node_modules/stridefold/dist', `${folder}/stridefold`, { recursive: true })
writeFileSync(
  `${folder}/worker-url.js`,
  "export default new URL('./stridefold/worker.js', import.meta.url)\n",
)
const map = '<script type="importmap">{"imports":{"stridefold":"./stridefold/index.js"}}</script>'
const html = readFileSync('index.html', 'utf8').replace('</title>', `</title>\n${map}`)
writeFileSync(`${folder}/index.html`, html)
mkdirSync(`${folder}/of-worker`)
const text = (name) => readFileSync(name, 'utf8')
for (const name of ['main.js', 'check.js', 'samples.js'])
  writeFileSync(`${folder}/${name}`, text(name))
for (const name of ['check.js', 'samples.js']) {
  const byAddress = text(name).replaceAll("from 'stridefold'", "from '../stridefold/index.js'")
  writeFileSync(`${folder}/of-worker/${name}`, byAddress)
}
writeFileSync(
  `${folder}/in-worker.js`,
  text('in-worker.js').replace('./check', './of-worker/check'),
)
