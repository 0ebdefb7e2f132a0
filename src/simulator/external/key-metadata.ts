/**
 * GetKeyMetadata as CreateKey understands the reply. Sources: the API model (XksKey* exceptions); developer guide,
 * xks-monitoring: whatever is wrong with the proxy itself is a CustomKeyStoreInvalidStateException of CreateKey.
 */
import { refuse } from '../fault.ts';
import { type ProxyReply, readBody, readErrorName } from './protocol.ts';

const unfitErrors = ['InvalidStateException', 'InvalidKeyUsageException', 'UnsupportedOperationException'];

/** @throws SimulatorFault XksKeyNotFound-, XksKeyInvalidConfiguration-, CustomKeyStoreInvalidStateException */
export function requireFitKey(reply: ProxyReply, xksKeyId: string): void {
  const unfit = (): never =>
    refuse(
      'XksKeyInvalidConfigurationException',
      `The external key ${xksKeyId} must be an enabled AES-256 key that encrypts and decrypts`,
    );
  const metadata = reply.kind === 'answered' && reply.status === 200 ? readBody(reply.body) : undefined;
  if (metadata) {
    const { keySpec, keyUsage, keyStatus } = metadata;
    const encrypts = Array.isArray(keyUsage) && keyUsage.includes('ENCRYPT') && keyUsage.includes('DECRYPT');
    if (keySpec !== 'AES_256' || keyStatus !== 'ENABLED' || !encrypts) unfit();
    return;
  }
  const errorName = reply.kind === 'answered' ? (readErrorName(reply.body) ?? '') : '';
  if (errorName === 'KeyNotFoundException') {
    refuse('XksKeyNotFoundException', `The external key store proxy cannot find the external key ${xksKeyId}`);
  }
  if (unfitErrors.includes(errorName)) unfit();
  const cause = errorName || (reply.kind === 'answered' ? 'an answer that KMS cannot interpret' : reply.kind);
  refuse('CustomKeyStoreInvalidStateException', `KMS cannot use the external key store proxy: ${cause}`);
}
