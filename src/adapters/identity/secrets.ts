import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface Secrets {
  /** `context` is bound to the secret: it opens with the same one only. */
  seal(plain: string, context: string): string;
  /** Throws when the text was changed, or was sealed for another context or with another key. */
  open(sealed: string, context: string): string;
}

const VERSION = 'v1';
const TAG_BYTES = 16;

/** Secrets sealed with AES-256-GCM, a fresh 96-bit nonce each; `key` has 32 bytes. */
export function createSecrets(key: Buffer): Secrets {
  // Without authTagLength a tag of four bytes would be taken, which can be guessed.
  const options = { authTagLength: TAG_BYTES };
  return {
    seal(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, options).setAAD(Buffer.from(`${VERSION}|${context}`));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [VERSION, ...[nonce, body, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
    },
    open(sealed, context) {
      const [version, nonce = '', body = '', tag = ''] = sealed.split('.');
      if (version !== VERSION) throw new Error('sealed with an unknown version');
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), options)
        .setAAD(Buffer.from(`${VERSION}|${context}`))
        .setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
    },
  };
}
