import { describe, expect, test } from 'vitest';
import { mayConnectTo } from '../../src/callbacks/address.ts';

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '93.184.216.34',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:4860:4860::8888',
  '2606:2800:220:1:248:1893:25c8:1946',
  '2a02:9000::1',
];

/** What `CALLBACK_ALLOW_PRIVATE` adds. */
const LAN: [kind: string, addresses: string[]][] = [
  ['this host', ['0.0.0.0', '0.255.255.255', '::']],
  ['loopback', ['127.0.0.1', '127.0.0.2', '127.255.255.255', '::1']],
  ['private', ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255']],
  ['unique local', ['fc00::1', 'fd12:3456:789a::1']],
  ['link-local', ['169.254.0.1', '169.254.255.255', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
  ['carrier-grade NAT', ['100.64.0.0', '100.127.255.255']],
  ['a LAN address, mapped', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::127.0.0.1']],
];

const NEVER: [kind: string, addresses: string[]][] = [
  ['metadata', ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16']],
  ['metadata over IPv6', ['fd00:ec2::254', 'fd00:0ec2:0::0254', 'fd20:ce::254', '::ffff:169.254.169.254']],
  ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff05::1:3']],
  ['broadcast', ['255.255.255.255']],
  ['reserved', ['192.0.0.1', '192.0.2.1', '192.88.99.1', '198.18.0.1', '198.19.255.255', '198.51.100.1']],
  ['reserved, further up', ['203.0.113.1', '240.0.0.1', '254.255.255.255']],
  ['reserved in IPv6', ['2001:db8::1', '3fff::1', '100::1', 'fec0::1', '5f00::1', '4000::1', '8000::1']],
  ['NAT64', ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::7f00:1', '64:ff9b:1:ffff::1']],
  ['translated', ['::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8']],
  ['IPv4-compatible', ['::7f00:1', '::808:808', '::2']],
  ['6to4', ['2002:7f00:1::', '2002:808:808::1']],
  ['Teredo', ['2001::1', '2001:0:7f00:1::']],
  [
    'no address',
    ['', 'localhost', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '[::1]', '1.2.3.4:80', ' 8.8.8.8'],
  ],
];

test.each(PUBLIC)('%s is public', (address) => {
  expect([mayConnectTo(address, false), mayConnectTo(address, true)]).toEqual([true, true]);
});

test.each(['::ffff:8.8.8.8', '::ffff:808:808', '::8.8.8.8'])(
  '%s, a public address in disguise, is left alone',
  (address) => {
    expect(mayConnectTo(address, false)).toBe(false);
  },
);

describe.each(LAN)('%s is for development and a LAN alone', (_kind, addresses) => {
  test.each(addresses)('%s', (address) => {
    expect([mayConnectTo(address, false), mayConnectTo(address, true)]).toEqual([false, true]);
  });
});

describe.each(NEVER)('%s is never connected to', (_kind, addresses) => {
  test.each(addresses)('%j', (address) => {
    expect([mayConnectTo(address, false), mayConnectTo(address, true)]).toEqual([false, false]);
  });
});
