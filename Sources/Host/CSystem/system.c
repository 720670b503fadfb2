#define _GNU_SOURCE
#include "CSystem.h"

int oes_accept4(int listener, int flags) { return accept4(listener, 0, 0, flags); }

int oes_memfd_create(const char *name, unsigned int flags) { return memfd_create(name, flags); }
