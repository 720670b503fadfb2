#define _GNU_SOURCE
#include "CSystem.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int oes_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(listener, address, length, flags);
}

int oes_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

// glibc has a wrapper only from 2.36 on.
int oes_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

void oes_die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }
