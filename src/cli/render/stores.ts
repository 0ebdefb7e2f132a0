/** Stores as Describe shows them, one readable block each. */
import { explainConnectionError } from '../../domain/connection-errors.ts';
import { type KeyStore, nameStore, storeName } from '../../domain/key-store.ts';
import { properties, propertyNames } from '../../domain/properties.ts';
import { columnsOf } from './lines.ts';

/** `"xks" (cks-...), EXTERNAL_KEY_STORE, FAILED (XKS_PROXY_TIMED_OUT)` */
export function nameStoreAndState(store: KeyStore): string {
  const { customKeyStoreType, connectionState, connectionErrorCode } = store;
  const state = connectionErrorCode ? `${connectionState} (${connectionErrorCode})` : connectionState;
  return `${nameStore(store)}, ${customKeyStoreType}, ${state}`;
}

export function renderStores(stores: readonly KeyStore[], where: string): string {
  if (stores.length === 0) return `no custom key stores in ${where}\n`;
  return stores.map(renderStore).join('\n');
}

function renderStore(store: KeyStore): string {
  const { customKeyStoreId, customKeyStoreType, connectionState, settings } = store;
  const state: [string, string][] = [['state', connectionState], ...explainFailed(store)];
  const rows = propertyNames.flatMap((name): [string, string][] => {
    const value = settings[name];
    return value === undefined || name === 'NewCustomKeyStoreName' ? [] : [[properties[name].label, value]];
  });
  const head = `${storeName(store)}\n`;
  return `${head}${columnsOf([['id', customKeyStoreId], ['type', customKeyStoreType], ...state, ...rows]).join('\n')}\n`;
}

/** Code, cause and remedy of a failed connect, where there was one. */
export function explainFailed({ connectionErrorCode, customKeyStoreType }: KeyStore): [string, string][] {
  if (!connectionErrorCode) return [];
  const { cause, remedy } = explainConnectionError(connectionErrorCode, customKeyStoreType);
  return [
    ['error', connectionErrorCode],
    ['cause', cause],
    ['next', remedy],
  ];
}
