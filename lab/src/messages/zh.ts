/**
 * All texts of the page in Chinese (zh-Hans).
 */

import type { Messages } from './en.ts'
import { cells } from './zh/cells.ts'
import { frame } from './zh/frame.ts'
import { marks } from './zh/marks.ts'
import { memory } from './zh/memory.ts'
import { signals } from './zh/signals.ts'
import { windows } from './zh/windows.ts'

export const zh: Messages = { ...frame, ...cells, ...windows, ...memory, ...signals, ...marks }
