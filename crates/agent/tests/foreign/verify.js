// Verifies our request, given as JSON, with the npm package http-message-signatures; prints true or false.
const { createPublicKey } = require('node:crypto');
const { httpbis, createVerifier } = require('http-message-signatures');

const { point, method, url, headers } = JSON.parse(process.argv[2]);
const bytes = Buffer.from(point, 'base64url');
const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((b) => b.toString('base64url'));
const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
const verify = createVerifier(key, 'ecdsa-p256-sha256');

httpbis
  .verifyMessage(
    {
      keyLookup: async ({ keyid }) => (keyid === 'device-1' ? { id: keyid, algs: ['ecdsa-p256-sha256'], verify } : null),
      requiredFields: ['@method', '@target-uri', 'content-digest'],
      requiredParams: ['created', 'nonce', 'keyid', 'tag'],
      tolerance: 60,
    },
    { method, url, headers },
  )
  .then((held) => console.log(held === true), (error) => console.log(`false: ${error.message}`));
