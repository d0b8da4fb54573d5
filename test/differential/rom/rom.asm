; The differential's ROM: replaces the BIOS, and replays the operations that the runner has put into RAM.
;
;   nasm -f bin -DWORD=32 rom.asm     2-level and PAE paging
;   nasm -f bin -DWORD=64 rom.asm     4-level and 5-level paging
;
; It knows nothing of what it tests: all tables, values and addresses come with the stream (../README.md).
; The 64 KiB image is copied from F0000h to LOAD and runs there, identity mapped, whatever the paging mode.

%include "layout.inc"
%include "word.inc"

                org     LOAD
                bits    WORD

%include "interpreter.inc"
%include "exceptions.inc"
%include "descriptors.inc"
%include "accesses.inc"
%include "start.inc"
