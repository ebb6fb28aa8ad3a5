// The coordinator's briefing as a mail.

import { type Briefing, briefingInWords } from '../domain/briefing.ts';
import type { LetterContext } from '../domain/letter.ts';
import type { Rendered } from '../domain/message.ts';
import { compile } from './liquid.ts';

const NAMES = ['paragraphs', 'office', 'phone'];
const HTML = `<div lang="zh-CN" style="font-size:16px;line-height:1.7;max-width:40em">
{% for paragraph in paragraphs %}<p style="margin:0 0 .6em">{{ paragraph }}</p>
{% endfor %}<p style="margin:1em 0 0;font-size:14px">{{ office }}　{{ phone }}</p></div>`;
const html = compile(HTML, NAMES, 'html');

export function briefingLetter(briefing: Briefing, context: LetterContext): Rendered {
  if (!html.ok) throw new RangeError('the layout of the briefing cannot be used');
  const { subject, paragraphs } = briefingInWords(briefing, context);
  const { name: office, phone } = context.office;
  return { subject, text: `${paragraphs.join('\n')}\n\n${office}　${phone}\n`, html: html.render({ paragraphs, office, phone }) };
}
