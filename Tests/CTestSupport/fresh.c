#define _GNU_SOURCE 1
#include "CTestSupport.h"
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

static int entered;
int sw_fresh_namespaces(void) { return entered; }

/* Swift Testing starts an exit test's child as this same binary with SWT_EXIT_TEST_ID set. A constructor runs while it
 * has one thread: namespaces are a thread's, so what is unshared here holds for every thread it will ever have. */
__attribute__((constructor, used)) static void fresh(void) {
    if (!getenv("SWT_EXIT_TEST_ID") || geteuid() != 0) return;
    entered = -1;
    if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) return;
    if (mount("none", "/", 0, MS_REC | MS_PRIVATE, 0) != 0) return;
    entered = 1;
}
