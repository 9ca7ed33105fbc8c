#pragma once
// The instruction levels of the network's kernels. Which of them runs changes the speed and no bit of any result.
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { kernel_level_none = 0, kernel_level_avx2 = 1, kernel_level_avx512 = 2 };

// The highest level of this processor: x86-64-v4 (AVX-512), x86-64-v3 (AVX2 and FMA), or none. Processors that are no
// x86-64 have fused multiply-adds in their base set and answer avx2.
int32_t kernel_level(void);

#ifdef __cplusplus
}
#endif
