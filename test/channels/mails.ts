// The mail and the text most tests send.

import type { OutgoingEmail, OutgoingSms } from '../../src/domain/delivery.ts';

export const never = new AbortController().signal;

export function mail(changes: Partial<OutgoingEmail> = {}): OutgoingEmail {
  return {
    messageId: '<d81.stage2@duban.ruicheng.gov.cn>',
    from: { name: '芮城县人民政府办公室督查室', address: 'duban@ruicheng.gov.cn' },
    replyTo: { name: '督查室 李敏', address: 'limin@ruicheng.gov.cn' },
    to: { name: '张文华（教育局）', address: 'zhang.wenhua@jyj.ruicheng.gov.cn' },
    subject: '【催办】关于报送义务教育优质均衡发展情况的提醒（剩余3天）',
    text: '张文华同志：\n贵单位承担的事项应于2026年3月31日前办结。\n😀𠮷\n',
    html: '<p>张文华同志：</p><p>贵单位承担的事项应于<b>2026年3月31日</b>前办结。</p>',
    date: new Date('2026-03-28T00:30:00Z'),
    ...changes,
  };
}

export function sms(changes: Partial<OutgoingSms> = {}): OutgoingSms {
  return {
    deliveryId: 'd81',
    to: '+8613800138000',
    text: '【芮城县政府】您有1项事项应于3月31日前办结，详见邮件。',
    ...changes,
  };
}
