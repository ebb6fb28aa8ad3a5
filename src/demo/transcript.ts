// The demo for scripts: one JSON object a line.

import { printJson } from '../commands/terminal.ts';
import type { Audience, DemoBeginning, DemoDay, DemoEnd } from './story.ts';

export const transcript: Audience = {
  begins: (beginning: DemoBeginning) => printJson({ type: 'begins', ...beginning }),
  worker: (pid, event) => printJson({ type: 'worker', pid, event }),
  day: (day: DemoDay) => {
    if (day.messages.length + day.held.length + day.answers.length > 0) printJson({ type: 'day', ...day });
  },
  ends: (end: DemoEnd) => printJson({ type: 'ends', ...end }),
};
