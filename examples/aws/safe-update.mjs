// The durable function: its input is a change with references to secrets, its output what came of it.
import { createSafeUpdateHandler } from 'cks-safe-update/durable';

export const handler = createSafeUpdateHandler({
  lockTable: process.env.LOCK_TABLE,
  xksProxyConnectTo: JSON.parse(process.env.XKS_PROXY_CONNECT_TO ?? '{}'),
});
