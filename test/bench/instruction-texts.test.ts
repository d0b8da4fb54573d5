import { describe, expect, it } from 'vitest';
import { guestLoadOf, instructionsOfDump } from '../../bench/instruction-texts.ts';

const DUMP = `# callgrind format
version: 1
creator: callgrind-3.19.0
part: 2

desc: I1 cache: 
desc: Timerange: Basic block 125637128 - 125960000
desc: Trigger: --dump-before=uv_os_getppid

positions: line
events: Ir
summary: 1672830

fn=(1) totals
7 12
totals: 1672830
`;

/** By QEMU 7.2 with `-d in_asm,out_asm`: two loads of a guest, the second as it is asked for. */
const LOG = `----------------
IN: 
0x00007c86:  b0 31                    movb     $0x31, %al

OUT: [size=32]
  -- guest addr 0x0000000000000c86 + tb prologue
0x7fa8a8170000:  8b 5d f0                 movl     -0x10(%rbp), %ebx

----------------
IN: 
0x00007c88:  8b 03                    movl     (%ebx), %eax
0x00007c8a:  8b 83 00 10 00 00        movl     0x1000(%ebx), %eax
0x00007cb4:  49                       decl     %ecx

OUT: [size=896]
  -- guest addr 0x0000000000000c88 + tb prologue
0x7fa8a817e032:  48 8b 5d 18              movq     0x18(%rbp), %rbx
0x7fa8a817e05a:  0f 85 20 02 00 00        jne      0x7fa8a817e280
0x7fa8a817e064:  44 8b 26                 movl     (%rsi), %r12d
  -- guest addr 0x0000000000000c8a
0x7fa8a817e06b:  4c 8d a3 00 10 00 00     leaq     0x1000(%rbx), %r12
0x7fa8a817e072:  45 8b e4                 movl     %r12d, %r12d
0x7fa8a817e075:  49 8b fc                 movq     %r12, %rdi
0x7fa8a817e078:  48 c1 ef 07              shrq     $7, %rdi
0x7fa8a817e07c:  48 23 7d c0              andq     -0x40(%rbp), %rdi
0x7fa8a817e080:  48 03 7d c8              addq     -0x38(%rbp), %rdi
0x7fa8a817e084:  49 8d 74 24 03           leaq     3(%r12), %rsi
0x7fa8a817e089:  48 81 e6 00 f0 ff ff     andq     $0xfffffffffffff000, %rsi
0x7fa8a817e090:  48 3b 37                 cmpq     (%rdi), %rsi
0x7fa8a817e093:  49 8b f4                 movq     %r12, %rsi
0x7fa8a817e096:  0f 85 01 02 00 00        jne      0x7fa8a817e29d
0x7fa8a817e09c:  48 03 77 18              addq     0x18(%rdi), %rsi
0x7fa8a817e0a0:  44 8b 26                 movl     (%rsi), %r12d
0x7fa8a817e0a3:  4c 89 65 00              movq     %r12, (%rbp)
  -- guest addr 0x0000000000000cb4
0x7fa8a817e20c:  48 c7 45 08 e7 03 00 00  movq     $0x3e7, 8(%rbp)
0x7fa8a817e244:  03 00 00
  -- tb slow paths + alignment
0x7fa8a817e280:  48 8b fd                 movq     %rbp, %rdi
0x7fa8a817e28f:  ff 15 d3 00 00 00        callq    *0xd3(%rip)
`;

const SOURCE = '0x1000(%ebx), %eax';

describe('what the counting programs print', () => {
  it('callgrind: the instructions since the dump before', () => {
    expect(instructionsOfDump(DUMP)).toBe(1672830);
    expect(() => instructionsOfDump(DUMP.replace('events: Ir', 'events: Dr'))).toThrow(
      'no dump of callgrind',
    );
    expect(() => instructionsOfDump('valgrind: nothing')).toThrow('no dump of callgrind');
  });

  it('QEMU: the code of one load, and the TLB hit in it', () => {
    const { all, hit } = guestLoadOf(LOG, SOURCE);
    expect(all.length).toBe(14);
    expect(all[0]).toBe('leaq 0x1000(%rbx), %r12');
    expect(all.at(-1)).toBe('movq %r12, (%rbp)');
    expect(hit).toEqual(all.slice(2, 13));
    expect([hit[0], hit.at(-1)]).toEqual(['movq %r12, %rdi', 'movl (%rsi), %r12d']);
  });

  it('QEMU: code that looks otherwise is refused, not counted', () => {
    expect(() => guestLoadOf(LOG, '0x2000(%ebx), %eax')).toThrow("no instruction '0x2000(%ebx), %eax'");
    expect(() => guestLoadOf(LOG.replace('jne      0x7fa8a817e29d', 'call'), SOURCE)).toThrow('no TLB hit');
    expect(() => guestLoadOf(LOG.replace('0000c8a', '0000c8b'), SOURCE)).toThrow('at 3210 of its page');
  });
});
