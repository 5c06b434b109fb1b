/** The worker of the page. */

import { check } from './check.js'

addEventListener('message', async ({ data }) => {
  try {
    postMessage(await check(data))
  } catch (error) {
    postMessage({ error: String(error) })
  }
})
postMessage('ready')
