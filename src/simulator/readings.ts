/**
 * Where AWS's documents disagree or stay silent, one row says how this simulator reads them. The defaults follow the
 * UpdateCustomKeyStore reference page. No operation may decide such a question anywhere else.
 */
import type { CustomKeyStoreType, Input } from './shapes.ts';

/** What UpdateCustomKeyStore can change. */
export type UpdateProperty = Exclude<keyof Input<'UpdateCustomKeyStore'>, 'CustomKeyStoreId'>;

export interface Readings {
  /** An empty XksProxyVpcEndpointServiceName: the reference page asks for it, the model's shortest length forbids it. */
  readonly emptyServiceName: 'accepted' | 'rejected';
  /** Renaming a CONNECTED AWS_CLOUDHSM store: the reference page says no, the API model of 2025 says yes. */
  readonly cloudHsmRenameLive: boolean;
  /** What may change while an external store is CONNECTED: the text of the exception names the name alone. */
  readonly liveExternalProperties: readonly UpdateProperty[];
}

export const defaultReadings: Readings = {
  emptyServiceName: 'accepted',
  cloudHsmRenameLive: false,
  liveExternalProperties: ['NewCustomKeyStoreName', 'XksProxyAuthenticationCredential', 'XksProxyUriPath'],
};

/** What may change while a store of this type is CONNECTED. */
export function liveProperties(readings: Readings, type: CustomKeyStoreType): readonly UpdateProperty[] {
  if (type === 'EXTERNAL_KEY_STORE') return readings.liveExternalProperties;
  return readings.cloudHsmRenameLive ? ['NewCustomKeyStoreName'] : [];
}
