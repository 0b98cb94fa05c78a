// Prints the ids of all BPF programs that the kernel holds, one a line. Needs CAP_SYS_ADMIN.
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    while (syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof attr) == 0) {
        printf("%u\n", attr.next_id);
        attr.start_id = attr.next_id;
        attr.next_id = 0;
    }
    return errno == ENOENT ? 0 : 1;
}
