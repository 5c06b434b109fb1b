/** The folders of the site. Git ignores both: they are written at each build. */

import { fileURLToPath } from 'node:url'

export const siteFolder: string = fileURLToPath(new URL('.', import.meta.url)).replace(/[/\\]$/, '')

/** The pages that VitePress reads. */
export const pagesFolder: string = `${siteFolder}/.pages`

/** The built site. */
export const builtFolder: string = `${siteFolder}/dist`
