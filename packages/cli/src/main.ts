/**
 * The `stridefold` command: runs the arguments of the process.
 */

import process from 'node:process'
import { runProcess } from './process.ts'

await runProcess(process.argv.slice(2))
