// Whom a channel trusts: the office's own authority where it names one, and what a refusal to trust looks like.

import { readFileSync } from 'node:fs';

/** The text of a PEM file. @throws Error naming the path when it cannot be read or holds no certificate. */
export function readCa(path: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch {
    throw new Error(`caFile: cannot read ${path}`);
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`caFile: ${path} holds no PEM certificate`);
  return pem;
}

/** True when Node's error code says the far side's certificate, or its whole idea of TLS, was not accepted. */
export function isTrustError(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO/u.test(code);
}
