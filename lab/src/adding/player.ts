/** Play: sample after sample is sent and added, and it stops at the last. */

import { type Player, playerOf } from '../pages/player.ts'
import { changeSettings, model, sentCount } from './adding.ts'

const [firstMs, stepMs] = [1400, 560]

export const player: Player = playerOf({
  position: sentCount,
  last: () => model.peek().sent.length,
  wait: (_, isFirst) => (isFirst ? firstMs : stepMs),
  keep: () => changeSettings({ cell: undefined }),
})
