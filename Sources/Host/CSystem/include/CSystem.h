// What Glibc's Swift module lacks: Linux's own system calls.
#ifndef OES_CSYSTEM_H
#define OES_CSYSTEM_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

// accept4 stands behind _GNU_SOURCE, which a module's headers can't set for the importer.
int oes_accept4(int listener, int flags);
int oes_memfd_create(const char *name, unsigned int flags);

#endif
