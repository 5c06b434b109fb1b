/**
 * The `stridefold` command: runs the process's arguments in the process's world.
 */

import process from 'node:process'
import { runProcess } from './process.ts'

await runProcess(process.argv.slice(2))
