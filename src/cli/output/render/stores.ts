/** Stores as Describe shows them, one readable block each. */
import { explainConnectionError } from '../../../domain/connection-errors.ts';
import { type KeyStore, nameStore, shownValue, storeName } from '../../../domain/key-store.ts';
import { properties, propertyNames } from '../../../domain/properties.ts';
import { type Mark, type Row, rowsOf } from './lines.ts';

/** `"xks" (cks-...), EXTERNAL_KEY_STORE, FAILED (XKS_PROXY_TIMED_OUT)` */
export function nameStoreAndState(store: KeyStore): string {
  const { customKeyStoreType, connectionState, connectionErrorCode } = store;
  const state = connectionErrorCode ? `${connectionState} (${connectionErrorCode})` : connectionState;
  return `${nameStore(store)}, ${customKeyStoreType}, ${state}`;
}

export function renderStores(stores: readonly KeyStore[], where: string): string {
  const count =
    stores.length === 0
      ? 'no custom key stores'
      : `${stores.length} custom key ${stores.length === 1 ? 'store' : 'stores'}`;
  return [`STORES  ${where}, ${count}`, ...stores.map(renderStore)].join('\n');
}

const stateMarks: Readonly<Record<string, Mark>> = { CONNECTED: '✓', FAILED: '✗' };

function renderStore(store: KeyStore): string {
  const { customKeyStoreId, customKeyStoreType, connectionState, settings } = store;
  const rows = propertyNames.flatMap((name): Row[] => {
    const text = shownValue(settings, name);
    return text === undefined || name === 'NewCustomKeyStoreName' ? [] : [{ label: properties[name].label, text }];
  });
  const failed = explainFailed(store).map(([label, text]) => ({ label, text }));
  const head = `${stateMarks[connectionState] ?? '!'} ${storeName(store)}  ${connectionState}`;
  const all = [
    { label: 'Id', text: customKeyStoreId },
    { label: 'Type', text: customKeyStoreType },
    ...failed,
    ...rows,
  ];
  return `\n${[head, ...rowsOf(all)].join('\n')}\n`;
}

/** Code, cause and remedy of a failed connect, where there was one. */
export function explainFailed({ connectionErrorCode, customKeyStoreType }: KeyStore): [string, string][] {
  if (!connectionErrorCode) return [];
  const { cause, remedy } = explainConnectionError(connectionErrorCode, customKeyStoreType);
  return [
    ['Error', connectionErrorCode],
    ['Cause', cause],
    ['Do next', remedy],
  ];
}
