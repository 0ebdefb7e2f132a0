// The rotation function of Secrets Manager. The tag cks:customKeyStoreId of a secret says which store it belongs to.
import { createRotationHandler } from 'cks-safe-update/rotation';

export const handler = createRotationHandler({
  lockTable: process.env.LOCK_TABLE,
  proxyCredentials: { url: process.env.PROXY_ADMIN_URL },
  otherPlaces: JSON.parse(process.env.OTHER_PLACES ?? '[]'),
  xksProxyConnectTo: JSON.parse(process.env.XKS_PROXY_CONNECT_TO ?? '{}'),
});
