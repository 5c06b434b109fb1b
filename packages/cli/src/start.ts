/**
 * What `npm start` shows a newcomer: the demo, on the sample picture or, after `--`, on one of
 * theirs. npm runs it in the repository's root; paths are meant from where the user stands.
 */

import process from 'node:process'
import { runProcess } from './process.ts'

await runProcess(['demo', ...process.argv.slice(2)], process.env.INIT_CWD)
