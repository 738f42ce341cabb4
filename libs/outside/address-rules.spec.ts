import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPublicAddress, portOf, readOutsideAddress } from './address-rules.js';

const reads = (text: string): string => {
  const read = readOutsideAddress(text);
  return read.ok ? read.value.href : read.reason;
};

describe('an address that a person gives', () => {
  it.each([
    ['https://calendar.example/ada/basic.ics', 'https://calendar.example/ada/basic.ics'],
    ['  webcal://calendar.example/ada.ics ', 'https://calendar.example/ada.ics'],
    ['WEBCALS://calendar.example/ada.ics', 'https://calendar.example/ada.ics'],
    ['http://calendar.example/', 'http://calendar.example/'],
    ['https://calendar.example:443/a?token=b#part', 'https://calendar.example/a?token=b'],
    ['https://calendar.example./a', 'https://calendar.example/a'],
    ['https://kalénder.example/a', 'https://xn--kalnder-dya.example/a'],
    ['https://93.184.215.14/a', 'https://93.184.215.14/a'],
    ['https://[2606:2800:21f:cb07::1]/a', 'https://[2606:2800:21f:cb07::1]/a'],
  ])('%s is read', (given, read) => {
    expect(reads(given)).toBe(read);
  });

  it.each([
    [''],
    ['calendar.example/ada.ics'],
    ['file:///etc/passwd'],
    ['ftp://calendar.example/a'],
    ['gopher://calendar.example:70/a'],
    ['javascript://calendar.example/%0aalert(1)'],
    ['data:text/calendar,BEGIN:VCALENDAR'],
    ['https:calendar.example'],
    ['https://'],
    ['https://exa mple.org/'],
    ['https://[fe80::1%25eth0]/'],
    ['https://[fe80::1%eth0]/'],
    ['https://1.2.3.4.5/'],
    ['https://256.1.1.1/'],
    [`https://calendar.example/${'a'.repeat(2_000)}`],
  ])('%s is none', (given) => {
    expect(reads(given)).toBe('not-an-address');
  });

  it.each([
    ['this machine', 'http://127.0.0.1/'],
    ['this machine by a whole number', 'http://2130706433/'],
    ['this machine in hexadecimal', 'http://0x7f.1/'],
    ['this machine in hexadecimal as a whole', 'http://0x7f000001/'],
    ['this machine in octal', 'http://0177.0.0.1/'],
    ['this machine in short', 'http://127.1/'],
    ['this machine with a full stop', 'http://127.0.0.1./'],
    ['this machine in fullwidth digits', 'http://１２７.０.０.１/'],
    ['this machine in circled digits', 'http://①②⑦.⓪.⓪.①/'],
    ['nothing in particular', 'http://0/'],
    ['localhost', 'http://localhost/'],
    ['localhost in capitals', 'http://LOCALHOST/'],
    ['localhost with a full stop', 'http://localhost./'],
    ['localhost in fullwidth letters', 'http://ｌｏｃａｌｈｏｓｔ/'],
    ['a name of localhost', 'http://a.localhost/'],
    ['a printer', 'http://printer.local/'],
    ['what clouds call their insides', 'http://metadata.google.internal/'],
    ['a box at home', 'http://fritz.box.home.arpa/'],
    ['a machine nearby', 'http://intranet/'],
    ['two full stops', 'https://calendar.example../'],
    ['a hidden service', 'http://abcdefghij.onion/'],
    ['loopback of IPv6', 'http://[::1]/'],
    ['loopback inside IPv6', 'http://[::ffff:127.0.0.1]/'],
    ['loopback inside IPv6 in hexadecimal', 'http://[::ffff:7f00:1]/'],
    ['loopback inside IPv6 of old', 'http://[::127.0.0.1]/'],
    ['what clouds tell their machines', 'http://169.254.169.254/latest/meta-data/'],
    ['what clouds tell their machines, in IPv6', 'http://[fd00:ec2::254]/'],
    ['a user before the host', 'https://calendar.example@127.0.0.1/'],
    ['a user and a password', 'https://ada:secret@calendar.example/'],
    ['a backslash in place of a slash', 'http://127.0.0.1\\@calendar.example/'],
    ['another kind of server', 'https://calendar.example:25/'],
    ['a database', 'http://calendar.example:27017/'],
  ])('%s is refused', (_, given) => {
    expect(reads(given)).toBe('refused-address');
  });

  it('never leads to anything but a usual port, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl({ withFragments: true }),
          fc.string().map((text) => `http://${text}`),
        ),
        (text) => {
          const read = readOutsideAddress(text);
          if (read.ok) expect([80, 443]).toContain(portOf(read.value));
        },
      ),
    );
  });
});

describe('an address of a machine', () => {
  it.each([
    ['93.184.215.14'],
    ['8.8.8.8'],
    ['100.63.255.255'],
    ['100.128.0.0'],
    ['172.15.255.255'],
    ['172.32.0.0'],
    ['192.0.1.0'],
    ['192.88.98.255'],
    ['192.88.100.0'],
    ['198.17.255.255'],
    ['198.20.0.0'],
    ['223.255.255.255'],
    ['2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
    ['2001:4860:4860::8888'],
    ['2001:200::1'],
    ['2a00:1450:4001:81b::200e'],
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...['0.0.0.0', '0.255.255.255', '10.0.0.1', '10.255.255.255', '100.64.0.0', '100.100.100.200', '100.127.255.255'],
    ...['127.0.0.1', '127.255.255.254', '168.63.129.16', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
    ...[
      '192.0.0.1',
      '192.0.0.192',
      '192.0.2.1',
      '192.88.99.1',
      '192.88.99.255',
      '192.168.0.1',
      '192.168.255.255',
      '198.18.0.1',
    ],
    ...['198.19.255.255', '198.51.100.7', '203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1'],
    ...['255.255.255.255', '::', '::1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::7f00:1', '64:ff9b::7f00:1'],
    ...['64:ff9b::8.8.8.8', '64:ff9b:1::1', '100::1', '2001::1', '2001:2::1', '2001:10::1', '2001:20::1'],
    ...['2001:db8::1', '2002:7f00:1::', '2002:808:808::1', '3fff::1', '5f00::1', 'fc00::1', 'fd00:ec2::254'],
    ...['fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'ff02::1', '2606:2800::1%lo'],
    ...['', 'localhost', '127.1', '0x7f.0.0.1', '8.8.8.8:80', '[2606:2800::1]'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('of IPv4 is never public inside IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom('::ffff:', '::', '64:ff9b::'), (inside, before) => {
        expect(isPublicAddress(`${before}${inside}`)).toBe(false);
      }),
    );
  });

  it('is judged the same however it is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const written = new URL(`http://[${address}]/`).hostname.slice(1, -1);
        expect(isPublicAddress(address)).toBe(isPublicAddress(written));
      }),
    );
  });
});
