import type { MenuMessages } from './en.ts'

export const zh: MenuMessages = {
  title: '更多内容',
  close: '关闭',
  pages: {
    stack: {
      name: '通道',
      what: '多个通道和滤波器、分组与逐通道卷积，显示为可以转动的平面',
    },
    adding: {
      name: '累加',
      what: '每个样本向输出送出什么；转置卷积及其棋盘格',
    },
  },
}
