; Stands where Xen stood: a multiboot kernel that puts a built machine into RAM, enters paging with a domain's directory
; and Xen's GDT, and starts the domain in ring 1. What the domain's accesses come to goes out at port E9h.
;
;   nasm -f bin stub.asm        image.ts adds parameters and frames
;
; It knows nothing of what is tested. Only its code and data are its own: page tables, directory, GDT, machine-to-physical
; table and frame table are those of the machine that was built, at their machine addresses.

                bits    32
STUB            equ     0x400000        ; where this lies: in Xen's heap, which the direct map shows
                org     STUB

DIRECT_MAP      equ     0xFC400000      ; linear address of machine address 0
IDLE_DIRECTORY  equ     0x101000
XEN_GDT         equ     0x104000
GDT_LIMIT       equ     295*8 + 7
XEN_CR0         equ     0x80050033      ; PG AM WP NE ET MP PE
XEN_CR4         equ     0x90            ; PGE PSE
RING0_CODE      equ     0x0808
RING0_DATA      equ     0x0810
RING1_CODE      equ     0x0819
RING1_DATA      equ     0x0821
TSS             equ     264*8           ; the TSS of CPU 0, where Xen had it
FLAT            equ     1               ; a GDT entry that no domain uses: ring-1 data of 4 GiB
HYPERCALL       equ     0x82
DEBUG_PORT      equ     0xE9            ; Bochs, QEMU and v86 pass each byte on to the host

%define low(label)  (label - $$ + STUB)
%define high(label) (label - $$ + STUB + DIRECT_MAP)

header:         dd      0x1BADB002, 0x00010000, -(0x1BADB002 + 0x00010000)
                dd      low(header), STUB
                dd      0               ; end of the file in RAM, filled in by image.ts
                dd      0, low(start)

start:          cli
                cld
                mov     esp, stack_top
                mov     al, 0xFF        ; no interrupts: the domain runs with IF set
                out     0x21, al
                out     0xA1, al

; All RAM but this stub, and what lies below 1 MiB, becomes zero, then the frames that are not.
                xor     eax, eax
                mov     edi, 0x100000
                mov     ecx, (STUB - 0x100000) / 4
                rep     stosd
                mov     edi, 0x1000000
                mov     ecx, [ram_bytes]
                sub     ecx, edi
                shr     ecx, 2
                rep     stosd
                mov     ebx, frame_list
                mov     ebp, [frame_count]
                lea     esi, [ebx + ebp*4 + 4095]
                and     esi, -4096
.copy:          mov     edi, [ebx]
                shl     edi, 12
                mov     ecx, 1024
                rep     movsd
                add     ebx, 4
                dec     ebp
                jnz     .copy

; What Xen writes into its GDT when it starts, and the one descriptor that is ours.
                mov     dword [XEN_GDT + TSS], ((high(tss) & 0xFFFF) << 16) | 103
                mov     dword [XEN_GDT + TSS + 4], (high(tss) & 0xFF000000) | 0x8900 | ((high(tss) >> 16) & 0xFF)
                mov     dword [XEN_GDT + FLAT*8], 0x0000FFFF
                mov     dword [XEN_GDT + FLAT*8 + 4], 0x00CFB200
                lgdt    [gdt_low]
                jmp     RING0_CODE:.segments
.segments:      mov     ax, RING0_DATA
                mov     ds, ax
                mov     es, ax
                mov     ss, ax

; Paging, by the idle directory with this code mapped where it is as well, until it runs where Xen runs.
                mov     dword [IDLE_DIRECTORY + (STUB >> 20)], STUB | 0x83
                mov     eax, XEN_CR4
                mov     cr4, eax
                mov     eax, IDLE_DIRECTORY
                mov     cr3, eax
                mov     eax, XEN_CR0
                mov     cr0, eax
                mov     eax, high(.xen)
                jmp     eax
.xen:           mov     esp, high(stack_top)
                lgdt    [high(gdt_high)]
                lidt    [high(idt_high)]
                mov     ax, TSS
                ltr     ax
                mov     dword [DIRECT_MAP + IDLE_DIRECTORY + (STUB >> 20)], 0
                mov     eax, [high(directory)]
                mov     cr3, eax
                xor     eax, eax
                mov     cr2, eax
                mov     eax, 'XBOO'
                call    send

; The domain, with the registers that its builder gave it.
                movzx   eax, word [high(context.ss)]
                push    eax
                push    dword [high(context.esp)]
                push    dword [high(context.eflags)]
                movzx   ecx, word [high(context.cs)]
                push    ecx
                push    dword [high(context.eip)]
                mov     esi, [high(context.esi)]
                mov     ds, ax
                mov     es, ax
                mov     fs, ax
                mov     gs, ax
                xor     eax, eax
                xor     ebx, ebx
                xor     ecx, ecx
                xor     edx, edx
                xor     edi, edi
                xor     ebp, ebp
                iretd

; --- what the domain runs into ------------------------------------------------------------------------
; Every exception, and INT 82h which ends an access without one, becomes a record of 16 bytes: 'R', vector, ring, 0,
; error code, CR2, EBX. The domain goes on in ring 1 at the address in its EDX. INT 82h with EAX = 1 ends everything.

%macro exception 1
exception_%1:
  %if %1 != 8 && %1 != 10 && %1 != 11 && %1 != 12 && %1 != 13 && %1 != 14 && %1 != 17
                push    byte 0          ; in place of the error code
  %endif
                push    byte %1
                jmp     record
%endmacro

%assign vector 0
%rep 32
                exception vector
%assign vector vector + 1
%endrep
hypercall:      push    byte 0
                push    strict dword HYPERCALL

; What the stack holds after PUSHAD.
%define SAVED_EDX       esp + 20
%define SAVED_EAX       esp + 28
%define VECTOR          esp + 32
%define ERROR           esp + 36
%define SAVED_EIP       esp + 40
%define SAVED_CS        esp + 44
%define SAVED_ESP       esp + 52
%define SAVED_SS        esp + 56

record:         pushad
                mov     eax, RING0_DATA
                mov     ds, ax
                mov     ecx, [SAVED_CS]
                and     ecx, 3
                jz      own_fault
                cmp     byte [VECTOR], HYPERCALL
                jne     .write
                cmp     dword [SAVED_EAX], 1
                mov     al, 'E'
                je      stop
.write:         call    report
                mov     edx, [SAVED_EDX]
                mov     [SAVED_EIP], edx
                mov     dword [SAVED_CS], RING1_CODE
                mov     dword [SAVED_SS], RING1_DATA
                mov     edx, [high(context.esp)]
                mov     [SAVED_ESP], edx
                mov     ax, RING1_DATA
                mov     ds, ax
                mov     es, ax
                popad
                add     esp, 8
                iretd

; The stub itself faulted: a bug.
own_fault:      call    report
                mov     al, '!'
stop:           out     DEBUG_PORT, al
                mov     ax, RING0_DATA
                mov     ds, ax
                mov     dx, 0xF4        ; QEMU: isa-debug-exit
                out     dx, al
                mov     esi, high(shutdown)
                mov     ecx, 8
                mov     dx, 0x8900      ; Bochs: the word ends the emulation
                rep     outsb
.forever:       hlt
                jmp     .forever
shutdown:       db      'Shutdown'

; ECX: the ring. The stack is the caller's, one return address deeper.
report:         movzx   eax, byte [VECTOR + 4]
                shl     ecx, 16
                shl     eax, 8
                or      eax, ecx
                or      eax, 'R'
                call    send
                mov     eax, [ERROR + 4]
                call    send
                mov     eax, cr2
                call    send
                mov     eax, ebx
send:           mov     ecx, 4
.byte:          out     DEBUG_PORT, al
                ror     eax, 8
                loop    .byte
                ret

; --- tables of the CPU's ------------------------------------------------------------------------------

gdt_low:        dw      GDT_LIMIT
                dd      XEN_GDT
gdt_high:       dw      GDT_LIMIT
                dd      XEN_GDT + DIRECT_MAP
idt_high:       dw      idt_end - idt - 1
                dd      high(idt)

%macro gate 2   ; handler, the ring from which INT may use it
                dw      high(%1) & 0xFFFF, RING0_CODE, 0x8E00 | (%2 << 13), high(%1) >> 16
%endmacro

                align   8
idt:
%assign vector 0
%rep 32
                gate    exception_%[vector], 0
%assign vector vector + 1
%endrep
                times   (HYPERCALL - 32) dq 0
                gate    hypercall, 3
idt_end:

tss:            dd      0, high(stack_top), RING0_DATA
                times   22 dd 0
                dd      104 << 16       ; no port is the domain's

                align   16
                times   1024 db 0
stack_top:

; --- filled in by image.ts ----------------------------------------------------------------------------

                align   4096
directory:      dd      0               ; CR3
context:
.eip:           dd      0
.esp:           dd      0
.esi:           dd      0
.eflags:        dd      0
.cs:            dd      0
.ss:            dd      0               ; of all data segments
ram_bytes:      dd      0
frame_count:    dd      0
frame_list:                             ; numbers of the frames; then, from the next page on, their contents
