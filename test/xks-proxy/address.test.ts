import { describe, expect, it } from 'vitest';
import { openXksProxy } from '../../src/library/wiring/xks-proxy.ts';
import { findAddress } from '../../src/xks-proxy/address.ts';

const endpoint = 'https://proxy.example.com';
const name = 'proxy.example.com';
const noAddress = `the address for ${endpoint} is HOST:PORT or http://HOST:PORT`;

describe('where a proxy is reached', () => {
  it.each([
    ['127.0.0.1:8443', { host: '127.0.0.1', port: 8443, isPlain: false }],
    ['[::1]:8443', { host: '::1', port: 8443, isPlain: false }],
    ['bastion', { host: 'bastion', port: 443, isPlain: false }],
    ['https://bastion:8443', { host: 'bastion', port: 8443, isPlain: false }],
    ['http://127.0.0.1:8000', { host: '127.0.0.1', port: 8000, isPlain: true }],
    ['http://127.0.0.1', { host: '127.0.0.1', port: 80, isPlain: true }],
  ])('may be %s, still by the name of its endpoint', (text, address) => {
    expect(findAddress(endpoint, { 'https://PROXY.example.com': text })).toEqual({ ...address, name });
  });

  it('may differ between the settings in force and those that are asked for', () => {
    const connectTo = { old: '10.0.0.1:443', new: '10.0.0.2:443' };
    expect(findAddress(endpoint, connectTo, 'old')).toMatchObject({ host: '10.0.0.1', name });
    expect(findAddress(endpoint, connectTo, 'new')).toMatchObject({ host: '10.0.0.2', name });
    expect(() => openXksProxy({ xksProxyConnectTo: connectTo }, 'us-east-1')).not.toThrow();
  });

  it('is its endpoint where nothing else is said', () => {
    const at = { host: name, port: 443, family: 4, isPlain: false, name };
    expect(findAddress(endpoint, { 'https://other.example.com': '127.0.0.1:1' })).toEqual(at);
  });

  it.each([
    [{ [endpoint]: '' }, noAddress],
    [{ [endpoint]: 'host:99999' }, noAddress],
    [{ [endpoint]: 'host:1/path' }, noAddress],
    [{ [endpoint]: 'user:password@host:1' }, noAddress],
    [{ [endpoint]: 'ftp://host' }, noAddress],
    [
      { 'proxy.example.com': 'host:1' },
      'an endpoint must be https:// followed by a host alone (no port, no path): "proxy.example.com"',
    ],
  ])('refuses %j', (xksProxyConnectTo, says) => {
    expect(() => openXksProxy({ xksProxyConnectTo }, 'us-east-1')).toThrow(`xksProxyConnectTo: ${says}`);
  });
});
