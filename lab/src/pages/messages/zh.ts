import type { MenuMessages } from './en.ts'

export const zh: MenuMessages = {
  title: '更多内容',
  close: '关闭',
  stories: {
    name: '讲解',
    what: '两篇文章，一步一步，用文中的数字，也包括其中的错误；也可以打开自己的讲解。',
  },
  pages: {
    stack: {
      name: '通道',
      what: '多个通道和滤波器、分组与逐通道卷积，显示为可以转动的平面',
    },
    adding: {
      name: '累加',
      what: '每个样本向输出送出什么；转置卷积及其棋盘格',
    },
    race: { name: '赛跑', what: '在这台设备上给每种算法计时，并与文章的数字对照。' },
  },
}
