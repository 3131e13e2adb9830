/**
 * A program that does nothing, as bytes of a complete ELF file: it holds the namespaces that a task's containers join. Written by
 * hand, since no compiler is to be expected on a machine, and 200 bytes need none.
 *
 * It ignores SIGCHLD, so that the kernel itself clears away processes that end below it: with `pidMode: task` it is the first
 * process of all containers of the task. Then it sleeps for ever. As the first process of its namespace it does not hear
 * SIGTERM; its image says SIGKILL as the signal to stop with.
 */
export function pauseProgram(architecture: "amd64" | "arm64"): Buffer {
  const { machine, code } = architecture === "amd64" ? amd64 : arm64;
  const size = headerSize + code.length;
  const header = Buffer.alloc(headerSize);
  header.write("\x7fELF\x02\x01\x01", "latin1"); // 64 bits, little-endian, version 1
  header.writeUInt16LE(2, 16); // an executable at fixed addresses
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(base + BigInt(headerSize), 24); // where it starts
  header.writeBigUInt64LE(64n, 32); // the one program header follows at once
  header.writeUInt16LE(64, 52); // size of this header
  header.writeUInt16LE(56, 54); // size of a program header
  header.writeUInt16LE(1, 56); // how many
  header.writeUInt32LE(1, 64); // PT_LOAD
  header.writeUInt32LE(5, 68); // read and execute
  header.writeBigUInt64LE(0n, 72); // the whole file …
  header.writeBigUInt64LE(base, 80); // … to here
  header.writeBigUInt64LE(base, 88);
  header.writeBigUInt64LE(BigInt(size), 96);
  header.writeBigUInt64LE(BigInt(size), 104);
  header.writeBigUInt64LE(0x10000n, 112); // alignment: the largest page that either architecture uses
  return Buffer.concat([header, code]);
}

const headerSize = 64 + 56;
const base = 0x400000n;

// Both call rt_sigaction(SIGCHLD, { SIG_IGN, … }, NULL, 8) with the 32 bytes of the action on the stack.
const amd64 = {
  machine: 62,
  code: Buffer.from(
    [
      "6a00 6a00 6a00", // push 0, three times: mask, restorer, flags
      "6a01", //           push 1: SIG_IGN
      "b80d000000", //     mov eax, 13: rt_sigaction
      "bf11000000", //     mov edi, 17: SIGCHLD
      "4889e6", //         mov rsi, rsp
      "31d2", //           xor edx, edx
      "41ba08000000", //   mov r10d, 8
      "0f05", //           syscall
      "b822000000", //     mov eax, 34: pause
      "0f05", //           syscall
      "ebf7", //           jmp: again, should it ever return
    ]
      .join("")
      .replaceAll(" ", ""),
    "hex",
  ),
};
const arm64 = {
  machine: 183,
  code: Buffer.from(
    [
      "ff8300d1", // sub sp, sp, #32
      "290080d2", // mov x9, #1: SIG_IGN
      "e97f00a9", // stp x9, xzr, [sp]: handler, flags
      "ff7f01a9", // stp xzr, xzr, [sp, #16]: restorer, mask
      "200280d2", // mov x0, #17: SIGCHLD
      "e1030091", // mov x1, sp
      "020080d2", // mov x2, #0
      "030180d2", // mov x3, #8
      "c81080d2", // mov x8, #134: rt_sigaction
      "010000d4", // svc #0
      "000080d2", // mov x0, #0
      "010080d2", // mov x1, #0
      "020080d2", // mov x2, #0
      "030080d2", // mov x3, #0
      "280980d2", // mov x8, #73: ppoll, of nothing and for ever
      "010000d4", // svc #0
      "faffff17", // b: again
    ].join(""),
    "hex",
  ),
};
