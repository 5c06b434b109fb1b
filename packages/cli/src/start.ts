/**
 * `npm start` in the repository: runs the demo on the sample image, or on the image after `--`. A
 * verb after `--` runs as in the installed command: `npm start -- kernels box`. npm runs the script
 * in the root of the repository; relative paths start at the folder of the user (`INIT_CWD`).
 */

import { existsSync } from 'node:fs'
import process from 'node:process'
import { runProcess } from './process.ts'

const words = process.argv.slice(2)
const [first = ''] = words
// Each verb is a file of this folder.
const isVerb =
  /^[a-z]+$/.test(first) && existsSync(new URL(`commands/${first}.ts`, import.meta.url))

await runProcess(isVerb ? words : ['demo', ...words], process.env.INIT_CWD)
