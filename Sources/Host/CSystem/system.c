#define _GNU_SOURCE
#include "CSystem.h"

#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int oes_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(listener, address, length, flags);
}

int oes_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

// glibc has a wrapper only from 2.36 on.
int oes_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

void oes_die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

static _Thread_local uint64_t thread_number;
static volatile uint64_t *crash_word;

void oes_number_thread(uint64_t number) { thread_number = number; }

// The handler is gone once it runs: the fault that is met again ends the process as ever.
static void note_crash(int signal) {
    (void)signal;
    *crash_word = thread_number + 1;
}

void oes_note_crashes(uint64_t *word) {
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT};
    struct sigaction action = {0};
    crash_word = word;
    action.sa_handler = note_crash;
    action.sa_flags = SA_RESETHAND | SA_NODEFER | SA_ONSTACK;
    for (unsigned index = 0; index < sizeof signals / sizeof *signals; index++)
        sigaction(signals[index], &action, NULL);
}
