/** `npm run site`: builds the site and serves it until Ctrl-C. With `--build` it only builds. */

import process from 'node:process'
import { parseArgs } from 'node:util'
import { buildSite } from './build.ts'
import { builtFolder } from './folders.ts'
import { serve } from './serve.ts'

const { values } = parseArgs({
  options: { build: { type: 'boolean', default: false }, port: { type: 'string', default: '0' } },
})

await buildSite()
if (values.build) console.log(`The site is in ${builtFolder}.`)
else {
  try {
    const { address } = await serve(builtFolder, { port: Number(values.port) })
    console.log(address)
    process.stderr.write('The site runs at this address. Ctrl-C ends it.\n')
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    console.error(`Port ${values.port} cannot be used: ${reason}. Without --port, any is taken.`)
    process.exitCode = 1
  }
}
