/**
 * The workspace with its style sheets: several full views side by side, with all controls.
 */

import '../style/layout.css'
import '../style/controls.css'
import '../style/range.css'
import '../style/grid.css'
import '../style/views.css'
import '../style/signal.css'
import '../style/matrices.css'
import '../style/access.css'
import { followSolve } from '../state/solve-check.ts'

followSolve()

export { App as Workspace } from './app.tsx'
