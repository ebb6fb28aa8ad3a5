// What may stand in an SMTP envelope or a header: one plain mailbox, one line of visible text.

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/u;
const MESSAGE_ID = /^<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>$/u;
// C0, C1, line and paragraph separators, zero-width and bidirectional controls: a name must not reorder what follows it.
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/**
 * True for one bare ASCII mailbox `local@domain.tld`: dot-atom before the `@`, host labels after it, RFC 5321 lengths.
 * Refuses lists, groups, quotes, comments, angle brackets, spaces, line ends and everything outside ASCII.
 */
export function isAddrSpec(address: string): boolean {
  if (address.length > 254) return false;
  const at = address.indexOf('@');
  const local = address.slice(0, at);
  const labels = address.slice(at + 1).split('.');
  return (
    at > 0 &&
    local.length <= 64 &&
    LOCAL.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/u.test(labels.at(-1) ?? '')
  );
}

/** True for `<unique@domain>`, the shape of a Message-ID that can be repeated byte for byte. */
export function isMessageId(id: string): boolean {
  return id.length <= 250 && MESSAGE_ID.test(id);
}

/** A display name or subject on one line, without controls and direction marks. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}
