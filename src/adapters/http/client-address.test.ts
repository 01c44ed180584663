import { expect, it } from 'vitest';
import { clientOf, isLoopback } from './client-address.ts';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::9', '0:0:0:0::/64'],
  [undefined, ''],
])('%s is counted as %s', (address, client) => {
  expect(clientOf(address)).toBe(client);
});

it('knows what is on this machine', () => {
  const here = ['127.0.0.1', '::ffff:127.0.0.1', '127.8.9.1', '::1'];
  expect(here.filter((address) => !isLoopback(clientOf(address)))).toEqual([]);
  const elsewhere = ['192.0.2.7', '::ffff:10.0.0.1', '2001:db8::1', '::2', undefined];
  expect(elsewhere.filter((address) => isLoopback(clientOf(address)))).toEqual([]);
});
