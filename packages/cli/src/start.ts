/**
 * `npm start` in the repository: runs the demo on the sample image, or on the image after `--`. npm
 * runs the script in the root of the repository; relative paths start at the folder of the user
 * (`INIT_CWD`).
 */

import process from 'node:process'
import { runProcess } from './process.ts'

await runProcess(['demo', ...process.argv.slice(2)], process.env.INIT_CWD)
