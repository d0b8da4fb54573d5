; A boot loader in place of the BIOS, for emulators that load no multiboot kernels: the image lies at 16 MiB, goes where its
; header says, and is entered as the Multiboot Specification 0.6.96, sections 3.1 and 3.2, has it.
;
;   nasm -f bin -I ../differential/rom/ loader.asm

LOAD            equ     0xF0000         ; it runs in the ROM
                org     LOAD
%define CODE_FLAGS 0x00CF
%include "reset.inc"

IMAGE           equ     0x1000000
RAM_END         equ     0x4000000
SEARCHED        equ     8192
HEADER_MAGIC    equ     0x1BADB002
LOADER_MAGIC    equ     0x2BADB002
INFO            equ     0x9000          ; says nothing: all flags clear

                bits    32
protected:      data_segments
                mov     esp, 0x8000
                mov     ecx, RAM_END
                use_blocks IMAGE

                mov     ebx, IMAGE - 4
.search:        add     ebx, 4
                cmp     ebx, IMAGE + SEARCHED
                jae     .none
                cmp     dword [ebx], HEADER_MAGIC
                jne     .search
                mov     eax, [ebx]
                add     eax, [ebx + 4]
                add     eax, [ebx + 8]
                jnz     .search

                mov     edi, [ebx + 16] ; where the load begins
                mov     esi, ebx
                sub     esi, [ebx + 12] ; as far before the header as in RAM
                add     esi, edi
                mov     ecx, [ebx + 20]
                sub     ecx, edi
                push    dword [ebx + 28]
                rep     movsb
                xor     eax, eax
                mov     [INFO], eax
                pop     ecx
                mov     ebx, INFO
                mov     eax, LOADER_MAGIC
                jmp     ecx

.none:          mov     al, '?'
                out     0xE9, al
                hlt
                jmp     .none

                reset_vector
