/**
 * The workspace with its style sheets: several full views side by side, with all controls.
 */

import '../style/layout.css'
import '../style/grid.css'
import '../style/views.css'

export { App as Workspace } from './app.tsx'
