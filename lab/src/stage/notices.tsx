/**
 * The notices of the page on the first screen: parts of the link that are not valid, and an
 * available update.
 */

import type { JSX } from 'preact'
import { BadLink, UpdateNotice } from '../shell/notices.tsx'

export default function Notices(): JSX.Element {
  return (
    <div class="notices">
      <UpdateNotice />
      <BadLink />
    </div>
  )
}
