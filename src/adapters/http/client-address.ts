/** Who a connection comes from, as far as limits are concerned. */
import { BlockList, isIPv6 } from 'node:net';

/** An IPv4 address that reaches us over an IPv6 socket (RFC 4291, IPv4-mapped). */
const MAPPED = /^::ffff:(?=[\d.]+$)/i;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * The name that a client is counted under: its IPv4 address, or the /64 of its IPv6 address, within which a client has
 * as many addresses as it likes (RFC 4291: the interface's half). Empty when the connection is gone.
 */
export function clientOf(remoteAddress: string | undefined): string {
  const address = (remoteAddress ?? '').replace(MAPPED, '');
  if (!isIPv6(address) || isLoopback(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

/** Whether the client is on this machine; such a name is an address. */
export const isLoopback = (client: string): boolean => loopback.check(client, isIPv6(client) ? 'ipv6' : 'ipv4');
