/** Exception vectors and the bits of the page-fault error code. Source: SDM 3A §6.15 and §4.7, "Page-Fault Exceptions". */

/** Vector of #UD, the invalid-opcode exception: what MOV CR4 or INVLPG raise on a CPU that lacks them. */
export const VECTOR_UD = 6;
/** Vector of #DF, the double fault: a page fault while another one is delivered. */
export const VECTOR_DF = 8;
/** Vector of #SS, the stack-segment fault: a stack access to an address that is not canonical, or beyond a limit. */
export const VECTOR_SS = 12;
/** Vector of #GP, the general-protection exception: an address that is not canonical, a register's refused value. */
export const VECTOR_GP = 13;
/** Vector of #PF, the page-fault exception. */
export const VECTOR_PF = 14;
/** Vector of #AC, the alignment-check exception. */
export const VECTOR_AC = 17;

/** P: the page was present; the access broke a right or met a reserved bit. Clear: an entry was not present. */
export const PF_P = 0x01;
/** W/R: the access was a write. */
export const PF_WR = 0x02;
/** U/S: the access was made in user mode. */
export const PF_US = 0x04;
/** RSVD: an entry has a reserved bit set. */
export const PF_RSVD = 0x08;
/** I/D: the access was an instruction fetch; reported only where NX or SMEP is enabled. */
export const PF_ID = 0x10;
/** PK: a protection key forbade the access. */
export const PF_PK = 0x20;
/** SS: the access was one of a shadow stack, whatever the page is. */
export const PF_SS = 0x40;
/** SGX: the fault comes from the enclave's own checks. Not modelled; named for error codes of other origin. */
export const PF_SGX = 0x8000;
