#pragma once
#include <stdbool.h>
/* Whether the .preinit_array entry found that it is the kernel's first process, and mounted /proc. */
bool sw_is_kernel_init(void);
