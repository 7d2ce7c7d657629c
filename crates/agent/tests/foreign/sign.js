// Signs a request with the npm package http-message-signatures; prints what a server would receive, as JSON.
const { createHash, generateKeyPairSync } = require('node:crypto');
const { httpbis, createSigner } = require('http-message-signatures');

const method = 'POST';
const url = 'https://muster.example.org/agent/v1/devices/1/check-in';
const body = '{"report":null}';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x, y } = publicKey.export({ format: 'jwk' });
const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
const created = Number(process.argv[2]);

httpbis
  .signMessage(
    {
      key: createSigner(privateKey, 'ecdsa-p256-sha256', 'device-1'),
      name: 'node',
      fields: ['content-type', '@target-uri', 'content-digest', '@method'],
      // Not the order in which others would write them: the base has to keep it. And no alg: it is pinned.
      params: ['tag', 'nonce', 'keyid', 'expires', 'created'],
      paramValues: {
        created: new Date(created * 1000),
        expires: new Date((created + 60) * 1000),
        nonce: 'c29tZS1ub25jZS0xMjM0',
        tag: 'muster-agent',
      },
    },
    {
      method,
      url,
      headers: {
        'content-type': 'application/json',
        'content-digest': `sha-512=:${createHash('sha512').update(body).digest('base64')}:`,
      },
    },
  )
  .then(({ headers }) => {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    console.log(JSON.stringify({ point: point.toString('base64url'), method, url, body, headers: lower }));
  });
