import type { MenuMessages } from './en.ts'

export const zh: MenuMessages = {
  title: '更多内容',
  close: '关闭',
  pages: {
    race: { name: '赛跑', what: '在这台设备上给每种算法计时，并与文章的数字对照。' },
  },
}
