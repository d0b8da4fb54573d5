; A domain's kernel that tries what it is told to try, in rings 1 and 3, and has each outcome reported by stub.asm.
;
;   nasm -f bin guest.asm       probes.ts makes its initrd: what to try

                bits    32
                org     0xC0000000
                cpu     686

RING1_FLAT      equ     0x0009          ; the stub's own: ring-1 data of 4 GiB
RING3_CODE      equ     0x082B
RING3_DATA      equ     0x0833
INFO_WORDS      equ     71              ; words of start_info that are written
MOD_START       equ     20

%macro report 1
                mov     ebx, %1
                mov     edx, %%next
                int     0x82
%%next:
%endmacro

; The registers that it starts with, then start_info. EAX is 0 wherever INT 82h is to go on.
start:          report  esi
                report  esp
                report  cs
                report  ss
                report  ds
                report  es
                mov     ebp, esi
                xor     ecx, ecx
.word:          report  [ebp + ecx*4]
                inc     ecx
                cmp     ecx, INFO_WORDS
                jb      .word

; A probe: how, linear address, value. Whatever becomes of it, it goes on at EDX.
                mov     edi, [ebp + MOD_START]
next:           mov     eax, [edi]
                mov     ebx, [edi + 4]
                mov     ecx, [edi + 8]
                add     edi, 12
                mov     edx, next
                jmp     [kinds + eax*4]

kinds:          dd      end, ring1_read, ring1_write, ring1_fetch, flat_read, flat_write
                dd      ring3_read, ring3_write, ring3_fetch

end:            mov     eax, 1
                int     0x82

ring1_read:     xor     eax, eax
                mov     ebx, [ebx]
                int     0x82
ring1_write:    xor     eax, eax
                mov     [ebx], ecx
                mov     ebx, ecx
                int     0x82
ring1_fetch:    xor     eax, eax
                jmp     ebx

flat_read:      mov     ax, RING1_FLAT
                mov     fs, ax
                xor     eax, eax
                mov     ebx, [fs:ebx]
                int     0x82
flat_write:     mov     ax, RING1_FLAT
                mov     fs, ax
                xor     eax, eax
                mov     [fs:ebx], ecx
                mov     ebx, ecx
                int     0x82

ring3_read:     mov     eax, user.read
                jmp     to_ring3
ring3_write:    mov     eax, user.write
                jmp     to_ring3
ring3_fetch:    mov     eax, ebx
to_ring3:       push    dword RING3_DATA
                push    dword 0
                pushfd
                push    dword RING3_CODE
                push    eax
                iretd

; --- a page of a program's, if its U/S bit says so ------------------------------------------------------

                align   4096
user:
.landing:       int     0x82            ; a fetch that succeeds
                align   4
.read:          mov     ax, RING3_DATA
                mov     ds, ax
                xor     eax, eax
                mov     ebx, [ebx]
                int     0x82
                align   4
.write:         mov     ax, RING3_DATA
                mov     ds, ax
                xor     eax, eax
                mov     [ebx], ecx
                mov     ebx, ecx
                int     0x82
