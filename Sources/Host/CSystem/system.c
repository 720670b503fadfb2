#define _GNU_SOURCE
#include "CSystem.h"

#include <sys/syscall.h>
#include <unistd.h>

int oes_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(listener, address, length, flags);
}

int oes_memfd_create(const char *name, unsigned int flags) { return memfd_create(name, flags); }

// glibc has a wrapper only from 2.36 on.
int oes_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }
