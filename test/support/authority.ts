/** A certificate authority of the test's own, and certificates that it signs, by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Authority {
  /** Paths of PEM files. */
  readonly ca: string;
  /** @param names as `DNS:redis.example,IP:127.0.0.1` */
  sign(name: string, names: string): { readonly cert: string; readonly key: string };
  remove(): void;
}

export function makeAuthority(): Authority {
  const dir = mkdtempSync(join(tmpdir(), 'cuiban-authority-'));
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { cwd: dir, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-days', '30', '-subj', '/CN=office CA', '-keyout', 'ca.key', '-out', 'ca.pem');
  return {
    ca: join(dir, 'ca.pem'),
    sign(name, names) {
      writeFileSync(join(dir, 'names'), `subjectAltName=${names}`);
      openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-extfile', 'names'];
      openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
      return { cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) };
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}
