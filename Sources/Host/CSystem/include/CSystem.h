// What Glibc's Swift module lacks: Linux's own system calls.
#ifndef OES_CSYSTEM_H
#define OES_CSYSTEM_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>

// accept4 stands behind _GNU_SOURCE, which a module's headers can't set for the importer.
// `address` and `length` as for accept4, or NULL.
int oes_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
// The descriptor is closed on exec.
int oes_memfd_create(const char *name);
// A descriptor that becomes readable when the process ends; -1 and errno on failure.
int oes_pidfd_open(pid_t process);
// Has the kernel kill this process when the thread that started it ends. prctl is variadic, which
// Swift can't call.
void oes_die_with_parent(void);
// The calling thread's number in what oes_note_crashes writes; 0 unless it is given.
void oes_number_thread(uint64_t number);
// When the process dies of a fault, writes there which thread it was: its number plus one.
void oes_note_crashes(uint64_t *word);

#endif
