; Boot sector for QEMU: turns paging on, then counts down LOOPS times without loads and LOOPS times with LOADS of them,
; for ever, and says so at port 0xe9: '0' before the first loop, '1' between the two, '2' after the second.
; Defined on the command line: LOOPS, LOADS, and LONG for 4-level paging in place of 32-bit paging. Pages are of 4 KiB.
bits 16
org 0x7c00
start:
  cli
  xor ax, ax
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov sp, 0x7c00
  lgdt [gdt_pointer]
  ; Tables, zeroed: 0x10000 to 0x14fff.
  mov ax, 0x1000
  mov es, ax
  xor di, di
  mov cx, 0x5000 / 2
  xor ax, ax
  cld
  rep stosw
%ifdef LONG
  mov dword [es:0x0000], 0x11007
  mov dword [es:0x1000], 0x12007
  mov dword [es:0x2000], 0x13007
  mov di, 0x3000
  mov bx, 8
%else
  mov dword [es:0x0000], 0x13007
  mov di, 0x3000
  mov bx, 4
%endif
  mov eax, 7
.fill:
  mov [es:di], eax
  add eax, 0x1000
  add di, bx
  cmp eax, 0x100007
  jb .fill
  mov eax, 0x10000
  mov cr3, eax
%ifdef LONG
  mov eax, 0x20
  mov cr4, eax
  mov ecx, 0xc0000080
  rdmsr
  or eax, 0x100
  wrmsr
%endif
  mov eax, cr0
  or eax, 0x80000001
  mov cr0, eax
  jmp 8:paged

%ifdef LONG
bits 64
%else
bits 32
%endif
paged:
  mov ax, 16
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov ebx, 0x20000
.again:
  mov al, '0'
  out 0xe9, al
  mov ecx, LOOPS
.empty:
  dec ecx
  jnz .empty
  mov al, '1'
  out 0xe9, al
  mov ecx, LOOPS
loads:
%assign page 0
%rep LOADS
%ifdef LONG
  mov eax, [rbx + page * 0x1000]
%else
  mov eax, [ebx + page * 0x1000]
%endif
%assign page page + 1
%endrep
  dec ecx
  jnz loads
  mov al, '2'
  out 0xe9, al
  jmp paged.again

align 8
gdt:
  dq 0
%ifdef LONG
  dq 0x00af9a000000ffff
%else
  dq 0x00cf9a000000ffff
%endif
  dq 0x00cf92000000ffff
gdt_pointer:
  dw $ - gdt - 1
  dd gdt
times 510 - ($ - $$) db 0
  dw 0xaa55
