// Rotates the proxy credential of an external key store. KMS takes it live, so there is no outage; with the previous
// secret at hand it could also be put back.
import { updateStore } from 'cks-safe-update';
import { trialConnect } from './support.mjs';

await trialConnect(async (simulator, connection) => {
  process.env.OLD_SECRET = 'oldSecretOldSecretOldSecretOldSecretOldSecr';
  process.env.NEW_SECRET = 'newSecretNewSecretNewSecretNewSecretNewSecr';
  simulator.addStore({
    CustomKeyStoreName: 'payments',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
    XksProxyAuthenticationCredential: {
      AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL',
      RawSecretAccessKey: process.env.OLD_SECRET,
    },
  });

  const result = await updateStore({
    ...connection,
    customKeyStoreId: 'payments',
    change: {
      XksProxyAuthenticationCredential: { AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: 'env:NEW_SECRET' },
    },
    previous: {
      XksProxyAuthenticationCredential: { AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL', RawSecretAccessKey: 'env:OLD_SECRET' },
    },
  });

  console.log(
    `${result.outcome}, mode ${result.mode}; the old credential is needed until ${result.oldCredentialNeededUntil}`,
  );
});
