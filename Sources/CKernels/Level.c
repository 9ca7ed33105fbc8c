#include "Level.h"

int32_t kernel_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return kernel_level_avx512;
    if (__builtin_cpu_supports("x86-64-v3")) return kernel_level_avx2;
    return kernel_level_none;
#else
    return kernel_level_avx2;
#endif
}
